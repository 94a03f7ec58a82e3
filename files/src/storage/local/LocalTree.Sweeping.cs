namespace Argosy.Files;

/// <content>What ended processes and clients that never came back have left.</content>
internal sealed partial class LocalTree
{
    /// <summary>Adds to usage what clients sent to processes that died before they could tell.</summary>
    public void SettleUnfinished(Func<ITally> tally) => ForEachUnfinished((folder, data, record) =>
    {
        using var staged = record is null ? null : OpenUnfinished(folder, data);
        if (staged?.Record is not null)
        {
            Settle(staged, tally);
        }
    });

    /// <summary>
    /// Removes the leavings of dead processes, settles what they received, expires what nobody came back for; step by step. Where somebody
    /// sweeps already, nothing.
    /// </summary>
    /// <param name="expired">Unfinished uploads that were written to last before that go.</param>
    /// <param name="tally">Counts what is freed.</param>
    /// <param name="marks">The steps that are not settled: asked for when it is known who is dead, and what they name is left for the next sweep.</param>
    public IEnumerable<int> Sweep(DateTime expired, Func<ITally> tally, Func<IReadOnlyList<ReadOnlyMemory<byte>>> marks)
    {
        if (_staging is null || !Staging.Sweeping.TryEnter(out var turn))
        {
            yield break;
        }

        using (turn)
        {
            foreach (var trash in Orphans('t', marks))
            {
                using var freed = tally();
                foreach (var step in RemoveTrash(trash, freed))
                {
                    yield return step;
                }
            }

            foreach (var work in Orphans('w', marks))
            {
                foreach (var step in SweepWork(work))
                {
                    yield return step;
                }
            }

            var all = marks();
            ForEachUnfinished((folder, data, record) => SweepUnfinished(folder, data, record, expired, tally, all));
            SweepRecords();
            yield return 1;
        }
    }

    private void SweepUnfinished(
        int folder, byte[] data, UnfinishedRecord? record, DateTime expired, Func<ITally> tally, IReadOnlyList<ReadOnlyMemory<byte>> marks)
    {
        using var staged = IsMarked(data, marks) ? null : OpenUnfinished(folder, data);
        if (staged is null)
        {
            return; // Its session is alive, or what became of it is not settled.
        }

        Kernel.Stat(staged.Number, out var status);
        if (staged.Record is null || status.Written.Time < expired)
        {
            using var freed = tally();
            staged.Discard(freed);
        }
        else
        {
            Settle(staged, tally);
        }
    }

    private static void Settle(LocalStaged staged, Func<ITally> tally)
    {
        Kernel.Stat(staged.Number, out var status);
        if (staged.Settled != status.Usage)
        {
            using var kept = tally();
            staged.Keep(status.Length, kept);
        }
    }

    /// <summary>
    /// What dead processes left and no open step names. Who is dead is looked at first: what such a process had begun is in the ledger by then, and one
    /// that dies after that is left for the next sweep.
    /// </summary>
    private List<byte[]> Orphans(char kind, Func<IReadOnlyList<ReadOnlyMemory<byte>>> marks)
    {
        var orphans = NamesInStaging(kind).FindAll(name => Staging.IsOrphan(name.AsSpan(..^1)));
        if (orphans.Count > 0)
        {
            var all = marks();
            orphans.RemoveAll(name => IsMarked(name, all));
        }

        return orphans;
    }

    /// <summary>Whether a step that is not settled names it: in whatever form, a mark contains the name.</summary>
    private static bool IsMarked(byte[] terminatedName, IReadOnlyList<ReadOnlyMemory<byte>> marks) =>
        marks.Any(mark => mark.Span.IndexOf(terminatedName.AsSpan(..^1)) >= 0 || mark.Span.IndexOf(About(terminatedName).AsSpan(..^1)) >= 0);

    private static byte[] About(byte[] data) => [(byte)'a', .. data.AsSpan(1)];

    private IEnumerable<int> SweepWork(byte[] name)
    {
        int result;
        using (var folder = Staging.Lend())
        {
            result = Kernel.Unlink(folder.Number, name);
        }

        return result == -Errno.IsAFolder ? Trash.Empty(Staging, name) : [1];
    }

    /// <summary>Records whose uploads are gone.</summary>
    private void SweepRecords()
    {
        foreach (var name in NamesInStaging('a'))
        {
            using var folder = Staging.Lend();
            if (Kernel.Stat(folder.Number, [(byte)'u', .. name.AsSpan(1)], Kernel.AtNoFollow, out _) == -Errno.NotFound)
            {
                Kernel.Unlink(folder.Number, name);
            }
        }
    }
}
