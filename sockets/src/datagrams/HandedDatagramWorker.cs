namespace Argosy.Sockets;

/// <summary>A worker of the model <c>process</c>: one datagram at a time, on a thread that it may block.</summary>
internal sealed class HandedDatagramWorker : DatagramWorker
{
    private readonly HandedDatagram _handed;
    private long _unsent;

    internal HandedDatagramWorker(WorkerSession session, DatagramService service, DatagramServerOptions options, IReadOnlyList<DatagramSocket> sockets)
        : base(session, service, options with { QueueCapacity = 1 }, sockets, new DatagramCounters())
    {
        _handed = new HandedDatagram(options.MaxDatagram);
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
