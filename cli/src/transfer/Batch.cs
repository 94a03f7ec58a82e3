using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary>
/// Several transfers over the same session, many at a time so that no small file waits for another's reply; their results are shown in the
/// order of the command line. One that fails does not stop the others, unless the session has ended with it.
/// </summary>
internal static class Batch
{
    private const int AtATime = 64;

    /// <param name="items">What is to be done.</param>
    /// <param name="run">Does one and says how to show that.</param>
    /// <param name="name">How an item is called when it fails; safe to show.</param>
    /// <param name="results">Where results go.</param>
    /// <param name="stop">Ends all of it.</param>
    /// <returns>The exit code: 0, or the most serious of what happened.</returns>
    public static async Task<int> RunAsync<T>(
        IEnumerable<T> items, Func<T, CancellationToken, Task<Action>> run, Func<T, string> name, Results results, CancellationToken stop)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var running = new Queue<(T Item, Task<Action> Task)>();
        var code = 0;
        foreach (var item in items)
        {
            if (running.Count == AtATime)
                await TakeOneAsync();
            if (enough.IsCancellationRequested)
                break;
            running.Enqueue((item, run(item, enough.Token)));
        }

        while (running.Count > 0)
            await TakeOneAsync();
        stop.ThrowIfCancellationRequested();
        return code;

        async Task TakeOneAsync()
        {
            var (item, task) = running.Dequeue();
            try
            {
                (await task)();
            }
            catch (OperationCanceledException) when (enough.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (ExitCodes.Of(exception) is { } failed)
            {
                results.Fail(exception, name(item));
                code = Math.Max(code, failed);
                if (exception is NotReachableException or NotVerifiedException)
                    await enough.CancelAsync();
            }
        }
    }
}
