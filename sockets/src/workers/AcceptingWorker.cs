using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets;

/// <summary>A worker of the model <c>prefork</c>: it accepts on shared listeners and serves under an inner model.</summary>
internal sealed class AcceptingWorker : StreamWorker
{
    private readonly SocketListener[] _listeners;
    private readonly Lazy<Task> _stopped;
    private IAcceptor? _acceptor;

    private AcceptingWorker(
        WorkerSession session, WorkerService service, StreamServerOptions options, SocketListener[] listeners, IConnectionLimits limits,
        ConnectionCounters counters)
        : base(session, service, options, limits, counters)
    {
        _listeners = listeners;
        _stopped = new Lazy<Task>(() => Task.Run(StopAcceptingAsync));
    }

    internal static AcceptingWorker Start(
        WorkerSession session, WorkerService service, WorkerTask task, DescriptorHandle[] descriptors)
    {
        var addresses = task.LocalEndPoints;
        if (descriptors.Length <= addresses.Count) throw new IOException("no descriptors were free to take the listening sockets over (ulimit -n)");
        SocketListener[] listeners = [.. addresses.Select((address, i) => new SocketListener(descriptors[i], address))];
        DescriptorReserve.ThrowIfNoneForClients(listeners[0].Handle);
        var scores = ScoreBoard.Open(FileOf(descriptors[addresses.Count]), task.Rows);
        var limits = descriptors.Length > addresses.Count + 1 ? ShareLimits(descriptors[^1], task.Caps) : new ConnectionLimits(task.Caps);
        var options = new StreamServerOptions
        {
            ListenOn = addresses,
            Model = ConcurrencyModels.Find(task.Model)!,
            Verify = service.Verify,
            MaxConnections = task.Caps.Total,
            MaxPerAddress = task.Caps.PerAddress,
        };
        var worker = new AcceptingWorker(session, service, options, listeners, limits, new ConnectionCounters(scores[task.Slot]));
        worker._acceptor = options.Model.Start(worker.Dispatcher, listeners);
        return worker;
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
                _ = DrainAsync();
                Dispatcher.AbortAll();
                break;
        }
    }

    private static IConnectionLimits ShareLimits(DescriptorHandle descriptor, ConnectionCaps caps)
    {
        using var file = FileOf(descriptor);
        return new SharedConnectionLimits(SharedConnectionLimits.Open(file), caps);
    }

    private static SafeFileHandle FileOf(DescriptorHandle descriptor) => new(descriptor.Detach(), ownsHandle: true);

    private async Task StopAcceptingAsync()
    {
        await _acceptor!.StopAsync();
        foreach (var listener in _listeners) listener.Close();
        Session.Send(WorkerMessageKind.Stopped);
    }

    private async Task DrainAsync()
    {
        await _stopped.Value;
        await Dispatcher.BeginDrain();
        await _acceptor!.JoinAsync();
        End();
    }
}
