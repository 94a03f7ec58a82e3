using System.Text;

namespace Argosy.Sockets;

/// <summary>A worker process at work for a stream server: it serves what it is handed, or accepts for itself, until the parent says stop.</summary>
internal abstract class StreamWorker
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="session">The tie to the parent.</param>
    /// <param name="service">What to serve with.</param>
    /// <param name="options">The server's options, as far as this process needs them.</param>
    /// <param name="limits">Who may be served.</param>
    /// <param name="counters">Where to count; null where nobody looks.</param>
    protected StreamWorker(
        WorkerSession session, WorkerService service, StreamServerOptions options, IConnectionLimits limits, ConnectionCounters? counters = null)
    {
        Session = session;
        Dispatcher = new ConnectionDispatcher(
            options, service.Handlers, Report, GuardedLogger.Of(service.Logger), limits, counters);
    }

    protected WorkerSession Session { get; }

    protected ConnectionDispatcher Dispatcher { get; }

    /// <summary>Takes the session's task and serves until that is over.</summary>
    internal static async Task<int> RunAsync(WorkerSession session, Func<WorkerJob, ValueTask<WorkerService>> prepare)
    {
        session.Take();
        var (job, task, descriptors) = await session.TaskAsync;
        try
        {
            var service = await prepare(job);
            var worker = task.Duty switch
            {
                WorkerDuty.OneConnection => new ConnectionWorker(session, service, task),
                WorkerDuty.Accept => (StreamWorker)AcceptingWorker.Start(session, service, task, descriptors),
                _ => throw new NotSupportedException("it is to serve datagrams, and its program serves streams"),
            };
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

    private void Report(Exception error, IConnection connection) =>
        Session.Send(WorkerMessageKind.Failed, HandlerFailure.Of(error, connection).Write());
}
