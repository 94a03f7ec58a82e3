using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>
/// Datagrams under <c>iterative</c>, <c>pool</c> and <c>threads</c>: one thread receives, and each worker is a thread. Under threads they are started
/// as datagrams need them; the others start with all they have, one for iterative.
/// </summary>
internal sealed class BlockingDatagramReceiver : IDatagramReceiver
{
    private readonly DatagramDispatcher _dispatcher;
    private readonly IReadOnlyList<DatagramSocket> _sockets;
    private readonly ThreadWaiter _waiter = new();
    private readonly ManualResetEventSlim _stop = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Thread> _workers = []; // touched by the receiving thread while there is one

    private BlockingDatagramReceiver(DatagramDispatcher dispatcher, IReadOnlyList<DatagramSocket> sockets) =>
        (_dispatcher, _sockets) = (dispatcher, sockets);

    /// <summary>Starts a model whose workers are there from the beginning.</summary>
    internal static IDatagramReceiver StartFixed(DatagramDispatcher dispatcher, IReadOnlyList<DatagramSocket> sockets)
    {
        var receiver = new BlockingDatagramReceiver(dispatcher, sockets);
        while (receiver._workers.Count < dispatcher.Workers) receiver.Hire();
        return receiver.Start();
    }

    /// <summary>Starts a model whose workers come as they are needed, and stay.</summary>
    internal static IDatagramReceiver StartGrowing(DatagramDispatcher dispatcher, IReadOnlyList<DatagramSocket> sockets)
    {
        var receiver = new BlockingDatagramReceiver(dispatcher, sockets);
        receiver.Hire();
        dispatcher.NoneIdle = receiver.TryHire;
        return receiver.Start();
    }

    /// <summary>Starts the receiving thread alone, for a model that serves elsewhere.</summary>
    internal static IDatagramReceiver StartReceiving(DatagramDispatcher dispatcher, IReadOnlyList<DatagramSocket> sockets) =>
        new BlockingDatagramReceiver(dispatcher, sockets).Start();

    /// <inheritdoc/>
    public Task StopAsync()
    {
        _stop.Set();
        _waiter.Wake();
        return _stopped.Task;
    }

    /// <inheritdoc/>
    public Task JoinAsync() => Task.Run(() =>
    {
        foreach (var worker in _workers) worker.Join();
    });

    private BlockingDatagramReceiver Start()
    {
        new Thread(Receive) { IsBackground = true, Name = "datagram receiver" }.Start();
        return this;
    }

    private void Hire()
    {
        var worker = new Thread(Work) { IsBackground = true, Name = $"datagram worker {_workers.Count + 1}" };
        worker.Start();
        _workers.Add(worker);
    }

    private void TryHire()
    {
        if (_workers.Count >= _dispatcher.Workers) return;
        try
        {
            Hire();
        }
        catch (OutOfMemoryException)
        {
            // What the runtime throws when the system gives no thread (EAGAIN: ulimit -u, TasksMax=). Those that there are go on.
        }
    }

    private void Receive()
    {
        SafeHandle[] handles = [.. _sockets.Select(socket => socket.Handle)];
        var ready = new PollEvents[handles.Length];
        var buffer = _dispatcher.NewBuffer();
        while (!_stop.IsSet)
        {
            if (!_waiter.Poll(handles, PollEvents.Read, Timeout.InfiniteTimeSpan, ready)) continue;
            for (var i = 0; i < ready.Length; i++)
            {
                if (ready[i] == PollEvents.None) continue;
                if (_dispatcher.ReceiveFrom(_sockets[i], buffer) == ReceiveOutcome.Failed) _stop.Wait(DatagramDispatcher.FailurePause);
            }
        }

        _waiter.Dispose();
        _stopped.SetResult();
    }

    private void Work()
    {
        ThreadPump.Run(static dispatcher => dispatcher.WorkAsync(), _dispatcher);
        ThreadWaiter.DisposeCurrent();
    }
}
