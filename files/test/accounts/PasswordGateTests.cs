namespace Argosy.Files.Tests;

public sealed class PasswordGateTests
{
    private static readonly PasswordVerifier Verifier = PasswordVerifier.Create("pencil", new byte[16], 4096);

    [Fact(Timeout = 30_000)]
    public async Task As_many_derive_at_a_time_as_it_is_wide_a_few_wait_and_the_rest_is_sent_away()
    {
        var gate = new PasswordGate(width: 2, depth: 3);
        var offload = new HeldOffload();
        var admitted = Enumerable.Range(0, 5).Select(_ => gate.VerifyAsync(Verifier, "pencil", offload).AsTask()).ToList();

        Assert.Equal(2, offload.Running);
        Assert.Null(await gate.VerifyAsync(Verifier, "pencil", offload));

        offload.Open.SetResult();
        Assert.All(await Task.WhenAll(admitted), answer => Assert.True(answer));
        Assert.Equal(2, offload.Most);
        Assert.True(await gate.VerifyAsync(Verifier, "pencil", offload));
        Assert.False(await gate.VerifyAsync(Verifier, "pencils", offload));
    }

    [Fact(Timeout = 30_000)]
    public async Task Work_that_fails_frees_its_turn()
    {
        var gate = new PasswordGate(width: 1, depth: 0);

        await Assert.ThrowsAsync<OperationCanceledException>(() => gate.VerifyAsync(Verifier, "pencil", new FailingOffload()).AsTask());

        Assert.True(await gate.VerifyAsync(Verifier, "pencil", InlineOffload.Instance));
    }

    private sealed class HeldOffload : IOffload
    {
        private int _running;

        public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Running => _running;

        public int Most { get; private set; }

        public async ValueTask<TResult> RunAsync<TState, TResult>(Func<TState, TResult> work, TState state)
        {
            Most = Math.Max(Most, Interlocked.Increment(ref _running));
            await Open.Task;
            var result = work(state);
            Interlocked.Decrement(ref _running);
            return result;
        }
    }

    private sealed class FailingOffload : IOffload
    {
        public ValueTask<TResult> RunAsync<TState, TResult>(Func<TState, TResult> work, TState state) => throw new OperationCanceledException();
    }
}
