using System.Net;

namespace Argosy.Sockets;

/// <summary>A worker of the model <c>process</c>: it waits for one connection, serves it on a thread of its own, and is done.</summary>
internal sealed class ConnectionWorker : StreamWorker
{
    private readonly DecidedByParent _limits;
    private bool _isServing;

    internal ConnectionWorker(WorkerSession session, WorkerService service, WorkerTask task)
        : this(session, service, task, new DecidedByParent())
    {
    }

    private ConnectionWorker(WorkerSession session, WorkerService service, WorkerTask task, DecidedByParent limits)
        : base(session, service, new StreamServerOptions { ListenOn = task.LocalEndPoints, Model = ConcurrencyModels.Find(task.Model)! }, limits) =>
        _limits = limits;

    /// <inheritdoc/>
    protected override void OnMessage(WorkerMessage message)
    {
        switch (message.Kind)
        {
            case WorkerMessageKind.Connection:
                Serve(message);
                break;
            case WorkerMessageKind.Drain:
                _ = Dispatcher.BeginDrain();
                EndIfIdle();
                break;
            case WorkerMessageKind.Abort or WorkerMessageKind.Closed:
                Dispatcher.AbortAll();
                EndIfIdle();
                break;
        }
    }

    private void EndIfIdle()
    {
        if (!_isServing) End();
    }

    private void Serve(WorkerMessage message)
    {
        if (message.Descriptors is not [var descriptor] || message.IsCut)
        {
            message.Drop(); // no descriptor was free for it here: the parent sees us go and resets the peer
            End();
            return;
        }

        var handOver = HandOver.Read(message.Payload);
        _limits.IsOverloaded = handOver.IsOverloaded;
        _isServing = true;
        var connection = new BlockingConnection(descriptor, handOver.Family, handOver.Peer);
        if (Dispatcher.Admit(connection) is not { } served)
        {
            End();
            return;
        }

        connection.Ended += _ => Session.Send(WorkerMessageKind.Ended);
        new Thread(() => Serve(served)) { IsBackground = true, Name = "connection" }.Start();
    }

    private void Serve(ServedConnection served)
    {
        ThreadPump.Run(static served => served.ServeAsync(new BlockingContext(served)), served);
        Session.Send(WorkerMessageKind.Finished);
        End();
    }

    /// <summary>The parent has counted the connection and decided.</summary>
    private sealed class DecidedByParent : IConnectionLimits
    {
        internal bool IsOverloaded { get; set; }

        public RefusalReason? TryEnter(EndPoint? peer, out bool isOverloaded)
        {
            isOverloaded = IsOverloaded;
            return null;
        }

        public void Leave(EndPoint? peer)
        {
        }
    }
}
