namespace Argosy.Native;

/// <summary>
/// How much long work (sums, copies) may be under way for one account, or for one address's visitors, in this process: others get their share of disks
/// and cores. Who is over it waits.
/// </summary>
/// <param name="most">How many pieces of work; 0 for no limit.</param>
internal sealed class WorkTurns(int most)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, Turns> _byOwner = [];

    /// <summary>Waits for a turn.</summary>
    /// <param name="owner">Whose work it is.</param>
    /// <param name="stillWanted">Asked while it waits; what it throws ends the wait.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What to dispose of when the work is done.</returns>
    public async ValueTask<IDisposable?> TakeAsync(string owner, Func<ValueTask> stillWanted, CancellationToken cancellation)
    {
        if (most <= 0)
            return null;
        Turns turns = Join(owner);
        try
        {
            while (!await turns.Free.WaitAsync(Patience, cancellation))
                await stillWanted();
        }
        catch
        {
            Leave(owner, turns);
            throw;
        }

        return new Turn(this, owner, turns);
    }

    private Turns Join(string owner)
    {
        lock (_byOwner)
        {
            if (!_byOwner.TryGetValue(owner, out Turns? turns))
                _byOwner.Add(owner, turns = new Turns(new SemaphoreSlim(most)));
            turns.Users++;
            return turns;
        }
    }

    private void Leave(string owner, Turns turns)
    {
        lock (_byOwner)
        {
            if (--turns.Users == 0)
                _byOwner.Remove(owner);
        }
    }

    /// <summary>One owner's; gone with whoever works or waits last.</summary>
    private sealed record Turns(SemaphoreSlim Free)
    {
        public int Users { get; set; }
    }

    private sealed class Turn(WorkTurns all, string owner, Turns turns) : IDisposable
    {
        public void Dispose()
        {
            turns.Free.Release();
            all.Leave(owner, turns);
        }
    }
}
