using System.Threading.Tasks.Sources;

namespace Argosy.Sockets.Tests;

/// <summary>The reusable completion beneath every wait of a reactor and every suspended method.</summary>
public sealed class InlineCompletionTests
{
    private const int Uses = 1_000_000;

    private InlineCompletion<int> _completion;
    private volatile int _asked;

    [Fact(Timeout = 60_000)]
    public async Task A_use_that_is_seen_done_can_be_followed_by_the_next_at_once()
    {
        // One thread completes, another looks, takes the result and asks for the next: nothing of one use may reach into the following one.
        var completing = Task.Factory.StartNew(Complete, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var wrong = 0;
        for (var use = 1; use <= Uses && !completing.IsFaulted; use++)
        {
            var version = _completion.Version;
            _asked = use;
            while (_completion.GetStatus(version) == ValueTaskSourceStatus.Pending && !completing.IsFaulted) Thread.SpinWait(1);
            if (completing.IsFaulted) break;
            if (_completion.GetResult(version) != use) wrong++;
            _completion.Reset();
        }

        await completing;
        Assert.Equal(0, wrong);
    }

    private void Complete()
    {
        for (var use = 1; use <= Uses; use++)
        {
            while (_asked < use) Thread.SpinWait(1);
            _completion.SetResult(use);
        }
    }
}
