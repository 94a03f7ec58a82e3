namespace Argosy.Sockets;

/// <summary>A worker of the model <c>prefork</c>: it receives for itself and serves under an inner model.</summary>
internal sealed class ReceivingDatagramWorker : DatagramWorker
{
    private readonly IDatagramReceiver _receiver;
    private readonly Lazy<Task> _stopped;

    internal ReceivingDatagramWorker(
        WorkerSession session, DatagramService service, DatagramServerOptions options, IReadOnlyList<DatagramSocket> sockets, DatagramCounters counters)
        : base(session, service, options, sockets, counters)
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
