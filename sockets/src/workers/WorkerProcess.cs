namespace Argosy.Sockets;

/// <summary>
/// The worker's side of the models <c>process</c> and <c>prefork</c>: what a program can know and do when it was started as a worker.
/// </summary>
/// <remarks>
/// A small program needs none of this: in a worker, <see cref="StreamServer.Start"/> and <see cref="StreamServer.RunAsync"/> serve what the parent
/// hands over and end the process. A program that must not repeat its start-up gives its workers a command of their own and calls
/// <c>WorkerProcess.RunAsync</c> there.
/// </remarks>
public static class WorkerProcess
{
    /// <summary>
    /// True in a process that was started as a worker. Asking first thing makes the worker deaf to Ctrl-C, SIGTERM and SIGHUP, which its
    /// parent answers for it, and makes it end when its parent dies, whatever it is doing.
    /// </summary>
    public static bool IsWorker => WorkerSession.Current is not null;

    /// <summary>
    /// The parent called <see cref="StreamServer.SendToWorkers"/>. Messages arrive one at a time, in order, on a thread of the pool; those that
    /// came before somebody listened are delivered then.
    /// </summary>
    public static event Action<ReadOnlyMemory<byte>>? MessageReceived
    {
        add => WorkerSession.Current?.Messages.Add(value);
        remove => WorkerSession.Current?.Messages.Remove(value);
    }

    /// <summary>
    /// Serves as a worker: takes the job, has <paramref name="prepare"/> make what is needed for it, and returns when all is served or the
    /// parent has gone. Return from Main then. It takes the calling thread, on which the model <c>process</c> runs the handler.
    /// </summary>
    /// <returns>0; the process's exit code.</returns>
    /// <exception cref="InvalidOperationException">This process is no worker, or it already serves.</exception>
    public static Task<int> RunAsync(Func<WorkerJob, ValueTask<WorkerService>> prepare)
    {
        var session = WorkerSession.Current
            ?? throw new InvalidOperationException("This process was not started as a worker: it has no channel to a parent.");
        return StreamWorker.RunAsync(session, prepare);
    }

    /// <summary>As the other overload, where the job needs no asynchronous preparation.</summary>
    /// <inheritdoc cref="RunAsync(Func{WorkerJob, ValueTask{WorkerService}})"/>
    public static Task<int> RunAsync(Func<WorkerJob, Func<ConnectionHandler>> handlers) =>
        RunAsync(job => ValueTask.FromResult(new WorkerService(handlers(job))));
}
