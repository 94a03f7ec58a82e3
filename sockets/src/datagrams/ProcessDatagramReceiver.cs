using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Argosy.Sockets;

/// <summary>
/// Datagrams under <c>process</c>: this process receives, and hands each datagram to a warm worker process, which answers from its own copy of
/// the socket. A worker that dies takes its one datagram with it and is replaced.
/// </summary>
internal sealed class ProcessDatagramReceiver : IDatagramReceiver, IWorkerOwner
{
    private readonly DatagramDispatcher _dispatcher;
    private readonly IReadOnlyList<DatagramSocket> _sockets;
    private readonly WorkerGroup _workers;
    private readonly Channel<Worker> _idle = Channel.CreateUnbounded<Worker>();
    private readonly ConcurrentDictionary<Worker, InHand> _busy = [];
    private readonly CancellationTokenRegistration _draining;
    private Task _handing = Task.CompletedTask;
    private IDatagramReceiver? _receiving;

    private ProcessDatagramReceiver(DatagramDispatcher dispatcher, IReadOnlyList<DatagramSocket> sockets)
    {
        (_dispatcher, _sockets) = (dispatcher, sockets);
        SafeHandle[] descriptors = [.. sockets.Select(socket => socket.Handle)];
        var task = new WorkerTask
        {
            Duty = WorkerDuty.HandedDatagrams,
            Server = dispatcher.ServerName,
            Model = dispatcher.Options.Model.Name,
            Datagrams = dispatcher.Limits,
            LocalEndPoints = [.. sockets.Select(socket => socket.LocalEndPoint)],
        };
        _workers = new WorkerGroup(
            dispatcher.Options.Worker ?? WorkerCommand.Self, dispatcher.Workers, _ => task, _ => descriptors, this, dispatcher.Logger);
        dispatcher.Elsewhere = ServeAsync;
        _draining = dispatcher.Stopping.Register(() => _workers.Send(WorkerMessageKind.Drain));
    }

    /// <exception cref="WorkerStartException">A worker cannot be started.</exception>
    internal static IDatagramReceiver Start(DatagramDispatcher dispatcher, IReadOnlyList<DatagramSocket> sockets)
    {
        var receiver = new ProcessDatagramReceiver(dispatcher, sockets);
        receiver._workers.Start();
        receiver._handing = Task.WhenAll(Enumerable.Range(0, dispatcher.Workers).Select(_ => Task.Run(() => dispatcher.WorkAsync().AsTask())));
        receiver._receiving = BlockingDatagramReceiver.StartReceiving(dispatcher, sockets);
        return receiver;
    }

    /// <inheritdoc/>
    public Task StopAsync() => _receiving!.StopAsync();

    /// <inheritdoc/>
    public async Task JoinAsync()
    {
        await _handing;
        _draining.Dispose();
        _workers.Stop();
        foreach (var worker in _workers.Workers) worker.Leave();
        await _workers.Gone;
    }

    /// <inheritdoc/>
    public Task AbortAsync()
    {
        _workers.Stop();
        _idle.Writer.TryComplete();
        foreach (var worker in _workers.Workers) worker.Abort();
        return _workers.Gone;
    }

    /// <inheritdoc/>
    public void OnMessage(Worker worker, WorkerMessage message)
    {
        switch (message.Kind)
        {
            case WorkerMessageKind.Ready:
                _idle.Writer.TryWrite(worker);
                break;
            case WorkerMessageKind.Failed when HandlerFailure.Read(message.Payload) is var failure && _busy.TryGetValue(worker, out var failed):
                _dispatcher.Fail(failed.Sender, failure.ToException(worker.Id));
                break;
            case WorkerMessageKind.Handled when ReadUnsent(message.Payload) is var unsent && _busy.TryRemove(worker, out var handled):
                _dispatcher.Counters.OnUnsent(unsent);
                _idle.Writer.TryWrite(worker);
                handled.Done.SetResult();
                break;
        }
    }

    /// <inheritdoc/>
    public void OnExit(Worker worker, WorkerExit exit)
    {
        if (!_busy.TryRemove(worker, out var lost))
        {
            if (worker.IsReady && !_workers.IsStopping) Log.WorkerDied(_dispatcher.Logger, new WorkerDiedException(exit, 0, "datagram").Message);
            return;
        }

        _dispatcher.Fail(lost.Sender, DatagramWorker.Death(worker, exit, 1));
        lost.Done.SetResult();
    }

    /// <exception cref="InvalidDataException">It is no count.</exception>
    private static long ReadUnsent(byte[] payload) => WorkerPayload.Read(payload, static from => from.ReadInt64()) is >= 0 and var unsent
        ? unsent
        : throw WorkerPayload.Nonsense();

    /// <summary>Hands a datagram to the next idle worker and waits until it is served, or lost.</summary>
    private async ValueTask ServeAsync(ReceivedDatagram datagram)
    {
        while (await TakeIdleAsync() is { } worker)
        {
            var inHand = new InHand(NativeAddress.Read(datagram.Socket.Family, datagram.Address));
            _busy[worker] = inHand;
            if (!HandedDatagram.TrySend(worker, datagram, IndexOf(datagram.Socket)) && _busy.TryRemove(worker, out _)) continue; // it has gone: the next
            await inHand.Done.Task;
            _dispatcher.Counters.OnHandled();
            return;
        }

        _dispatcher.Counters.OnDropped();
    }

    /// <summary>The next idle worker, for whoever is first: several wait for each. Null once there will be none.</summary>
    private async ValueTask<Worker?> TakeIdleAsync()
    {
        while (await _idle.Reader.WaitToReadAsync())
        {
            if (_idle.Reader.TryRead(out var worker)) return worker;
        }

        return null;
    }

    private int IndexOf(DatagramSocket socket)
    {
        for (var i = 0; i < _sockets.Count; i++)
        {
            if (_sockets[i] == socket) return i;
        }

        throw new InvalidOperationException("The datagram came from no socket of this server.");
    }

    /// <summary>What a worker has in hand.</summary>
    private sealed record InHand(EndPoint? Sender)
    {
        internal TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
