namespace Argosy.Sockets;

/// <summary>A worker of a <see cref="DatagramServer"/>.</summary>
public static partial class WorkerProcess
{
    /// <summary>
    /// As <see cref="RunAsync(Func{WorkerJob, ValueTask{WorkerService}})"/>, for the workers of a <see cref="DatagramServer"/>. How much they keep, the
    /// parent's options say.
    /// </summary>
    /// <returns>0; the process's exit code.</returns>
    /// <exception cref="InvalidOperationException">This process is no worker, or it already serves.</exception>
    public static Task<int> RunDatagramsAsync(Func<WorkerJob, ValueTask<DatagramService>> prepare)
    {
        var session = WorkerSession.Current
            ?? throw new InvalidOperationException("This process was not started as a worker: it has no channel to a parent.");
        return DatagramWorker.RunAsync(session, prepare);
    }
}
