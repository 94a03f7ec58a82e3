namespace Argosy.Client;

/// <summary>A thread for one piece of work that blocks: the pool's are for what does not.</summary>
internal static class LongThread
{
    public static Task<T> RunAsync<T>(Func<T> work) => Task.Factory.StartNew(
        work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
