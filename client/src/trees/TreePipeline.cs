using System.Runtime.CompilerServices;
using Argosy.Wire;

namespace Argosy.Client;

/// <summary>
/// Keeps many entries of a tree under way at a time, so that no small file waits for another's reply, and gives their outcomes in the order
/// in which they were met. However large the tree is, so many of it are in memory and no more.
/// </summary>
internal static class TreePipeline
{
    private const int AtATime = 1024;

    /// <param name="work">Started tasks; null for what is not worth telling.</param>
    /// <param name="stop">Ends all of it.</param>
    public static async IAsyncEnumerable<TreeOutcome> RunAsync(
        IAsyncEnumerable<Task<TreeOutcome?>> work, [EnumeratorCancellation] CancellationToken stop = default)
    {
        var running = new Queue<Task<TreeOutcome?>>();
        try
        {
            await foreach (var task in work.WithCancellation(stop).ConfigureAwait(false))
            {
                running.Enqueue(task);
                while (running.Count > AtATime || (running.Count > 0 && running.Peek().IsCompleted))
                {
                    if (await running.Dequeue().ConfigureAwait(false) is { } outcome)
                        yield return outcome;
                }
            }

            while (running.TryDequeue(out var next))
            {
                if (await next.ConfigureAwait(false) is { } outcome)
                    yield return outcome;
            }
        }
        finally
        {
            foreach (var left in running)
                await ((Task)left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>True where the rest of the tree can go on.</summary>
    public static bool ConcernsOne(Exception exception) => exception switch
    {
        RefusedException refused => !WireErrors.FromName(refused.Error).IsFatal(),
        FileChangedException or IOException => true,
        _ => false,
    };
}
