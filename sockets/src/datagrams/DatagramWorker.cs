using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets;

/// <summary>A worker process at work for a datagram server, until the parent says stop.</summary>
internal abstract class DatagramWorker
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected DatagramWorker(
        WorkerSession session, DatagramServerOptions options, Func<DatagramContext, ValueTask> handle, ILogger logger, IReadOnlyList<DatagramSocket> sockets,
        DatagramCounters counters)
    {
        (Session, Sockets) = (session, sockets);
        Dispatcher = new DatagramDispatcher(options, handle, Report, logger, counters);
    }

    protected WorkerSession Session { get; }

    protected IReadOnlyList<DatagramSocket> Sockets { get; }

    protected DatagramDispatcher Dispatcher { get; }

    /// <summary>Serves until that is over.</summary>
    internal static async Task<int> RunAsync(
        WorkerSession session, DatagramServerOptions options, Func<DatagramContext, ValueTask> handle, ILogger logger, WorkerTask task,
        DescriptorHandle[] descriptors)
    {
        try
        {
            var addresses = task.LocalEndPoints;
            var isHanded = task.Duty == WorkerDuty.HandedDatagrams;
            if (descriptors.Length != addresses.Count + (isHanded ? 0 : 1))
                throw new IOException("no descriptors were free to take the sockets over (ulimit -n)");
            DatagramSocket[] sockets = [.. addresses.Select((address, i) => new DatagramSocket(descriptors[i], address))];
            DatagramWorker worker = isHanded
                ? new HandedDatagramWorker(session, options, handle, logger, sockets)
                : new ReceivingDatagramWorker(
                    session, options with { Model = ConcurrencyModels.Find(task.Model)! }, handle, logger, sockets,
                    new DatagramCounters(ScoreBoard.Open(new SafeFileHandle(descriptors[^1].Detach(), ownsHandle: true), task.Rows)[task.Slot]));
            session.Attach(worker.OnMessage);
            session.Send(WorkerMessageKind.Ready);
            await worker._over.Task;
            return 0;
        }
        catch (Exception e)
        {
            var reason = Encoding.UTF8.GetBytes(e.Message);
            session.Send(WorkerMessageKind.CannotServe, reason.AsSpan(0, Math.Min(reason.Length, WorkerChannel.MaxPayload)));
            return 1;
        }
    }

    /// <summary>A message of the parent. On the channel's thread: quick.</summary>
    protected abstract void OnMessage(WorkerMessage message);

    /// <summary>The process has nothing more to do.</summary>
    protected void End() => _over.TrySetResult();

    private void Report(Exception error, EndPoint? sender) => Session.Send(WorkerMessageKind.Failed, HandlerFailure.Of(error, local: null, sender).Write());
}

/// <summary>A worker of the model <c>process</c>: one datagram at a time, on a thread that it may block.</summary>
internal sealed class HandedDatagramWorker : DatagramWorker
{
    private readonly HandedDatagram _handed = new();
    private long _unsent;

    internal HandedDatagramWorker(
        WorkerSession session, DatagramServerOptions options, Func<DatagramContext, ValueTask> handle, ILogger logger, IReadOnlyList<DatagramSocket> sockets)
        : base(session, options with { QueueCapacity = 1 }, handle, logger, sockets, new DatagramCounters())
    {
        Dispatcher.Finished = OnFinished;
        new Thread(() => ThreadPump.Run(static dispatcher => dispatcher.WorkAsync(), Dispatcher)) { IsBackground = true, Name = "datagram worker" }.Start();
    }

    /// <inheritdoc/>
    protected override void OnMessage(WorkerMessage message)
    {
        switch (message.Kind)
        {
            case WorkerMessageKind.Datagram or WorkerMessageKind.DatagramMore:
                if (_handed.TryComplete(message, Sockets, out var datagram)) Dispatcher.Take(datagram);
                break;
            case WorkerMessageKind.Drain:
                _ = Dispatcher.SignalStoppingAsync();
                break;
            case WorkerMessageKind.Abort or WorkerMessageKind.Closed:
                End();
                break;
        }
    }

    private void OnFinished()
    {
        var unsent = Dispatcher.Counters.Unsent;
        Session.Send(WorkerMessageKind.Handled, BitConverter.GetBytes(unsent - _unsent));
        _unsent = unsent;
    }
}

/// <summary>A worker of the model <c>prefork</c>: it receives for itself and serves under an inner model.</summary>
internal sealed class ReceivingDatagramWorker : DatagramWorker
{
    private readonly IDatagramReceiver _receiver;
    private readonly Lazy<Task> _stopped;

    internal ReceivingDatagramWorker(
        WorkerSession session, DatagramServerOptions options, Func<DatagramContext, ValueTask> handle, ILogger logger, IReadOnlyList<DatagramSocket> sockets,
        DatagramCounters counters)
        : base(session, options, handle, logger, sockets, counters)
    {
        _stopped = new Lazy<Task>(() => Task.Run(StopReceivingAsync));
        _receiver = options.Model.Datagrams!.Start(Dispatcher, sockets);
    }

    /// <inheritdoc/>
    protected override void OnMessage(WorkerMessage message)
    {
        switch (message.Kind)
        {
            case WorkerMessageKind.StopAccepting:
                _ = _stopped.Value;
                break;
            case WorkerMessageKind.Drain:
                _ = DrainAsync();
                break;
            case WorkerMessageKind.Abort or WorkerMessageKind.Closed:
                Dispatcher.Abort();
                End();
                break;
        }
    }

    private async Task StopReceivingAsync()
    {
        await _receiver.StopAsync();
        Session.Send(WorkerMessageKind.Stopped);
    }

    private async Task DrainAsync()
    {
        await _stopped.Value;
        await Dispatcher.BeginDrainAsync();
        await _receiver.JoinAsync();
        End();
    }
}
