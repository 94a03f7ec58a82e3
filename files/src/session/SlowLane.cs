namespace Argosy.Files;

/// <summary>
/// Where long work runs that no client's thread should wait for: counting homes, sweeping them. A few pieces at a time, on the runtime's threads,
/// each piece short: so a small home's turn comes though a large one is being counted.
/// </summary>
/// <param name="width">Pieces at a time: so many threads a disk that hangs can take away.</param>
/// <param name="isLeisurely">True rests after each piece as long as it took: it uses half a core at most.</param>
internal sealed class SlowLane(int width, bool isLeisurely = false) : IOffload
{
    private readonly SemaphoreSlim _turns = new(width);

    public async ValueTask<TResult> RunAsync<TState, TResult>(Func<TState, TResult> work, TState state)
    {
        var (result, took) = await Task.Run(async () =>
        {
            await _turns.WaitAsync();
            try
            {
                var began = Environment.TickCount64;
                return (work(state), Environment.TickCount64 - began);
            }
            finally
            {
                _turns.Release();
            }
        });
        if (isLeisurely && took > 0)
        {
            await Task.Delay((int)Math.Min(took, 1000));
        }

        return result;
    }
}
