using Argosy.Ledger;

namespace Argosy.Files;

/// <summary>Writes a step's intent into the ledger before it is taken and settles it after.</summary>
/// <param name="usage">Whose usage changes.</param>
/// <param name="lease">What is reserved for the step already, or null.</param>
/// <param name="held">How much that is.</param>
/// <param name="enforced">False for what has happened on disk already and must be counted whatever the limit.</param>
internal sealed class LeaseTally(HomeUsage usage, Lease? lease = null, Amount held = default, bool enforced = true) : ITally
{
    private bool _begun;

    /// <summary>Whether the step was completed; then the lease is gone.</summary>
    public bool IsComplete { get; private set; }

    public void Begin(Usage change, ReadOnlySpan<byte> mark)
    {
        var needed = new Amount(Math.Max(0, change.Bytes), Math.Max(0, change.Files));
        if (_begun)
        {
            // The step did not happen and is tried another way, or another one follows: its intent goes, its reservation comes anew.
            lease?.Dispose();
            lease = null;
        }

        (_begun, IsComplete) = (true, false);
        if (lease is null)
        {
            (lease, held) = (usage.Begin(needed, new(change.Bytes, change.Files), mark, enforced), needed);
            return;
        }

        var more = new Amount(Math.Max(0, needed.Bytes - held.Bytes), Math.Max(0, needed.Files - held.Files));
        if (more != default && !(enforced ? usage.TryGrow(lease, more) : Bookkeeping.Try(() => lease!.TryGrow(more, HomeUsage.NoLimit))))
        {
            throw usage.Refusal();
        }

        held += more;
        var named = mark.ToArray();
        Bookkeeping.Try(() => lease!.BeginCommit(new(change.Bytes, change.Files), named));
    }

    public void Moved() => Bookkeeping.Try(usage.Counter.Touch);

    public void Complete()
    {
        if (IsComplete)
        {
            return;
        }

        Bookkeeping.Try(lease!.Complete);
        IsComplete = true;
    }

    public void Complete(Usage change)
    {
        Bookkeeping.Try(() => lease!.Complete(new Amount(change.Bytes, change.Files)));
        IsComplete = true;
    }

    /// <summary>Gives back what an uncompleted step had reserved.</summary>
    public void Dispose()
    {
        if (!IsComplete)
        {
            lease?.Dispose();
        }
    }
}
