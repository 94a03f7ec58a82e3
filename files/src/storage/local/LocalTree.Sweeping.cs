namespace Argosy.Files;

/// <content>What ended processes and clients that never came back have left.</content>
internal sealed partial class LocalTree
{
    /// <summary>Removes the leavings of dead processes, settles what they received, expires what nobody came back for.</summary>
    /// <param name="expired">Unfinished uploads that were not touched since go.</param>
    /// <param name="tally">What a removal is counted by.</param>
    /// <param name="marks">The marks of all steps of this home that nobody has settled, whether their processes live or not. Asked when it is
    /// known whose work is to be removed: what such a mark names stays, or the step would look as if it had happened.</param>
    public void Sweep(DateTime expired, Func<ITally> tally, Func<IReadOnlyList<ReadOnlyMemory<byte>>> marks)
    {
        if (_staging is null)
        {
            return;
        }

        using var alone = Staging.Sweeping.Enter();
        AllStaging.ForEach(staging => SweepOrphans(staging, tally, marks), skipsFailing: true);
        ForEachUnfinished((folder, data, record) =>
        {
            using var staged = OpenUnfinished(folder, data);
            if (staged is null)
            {
                return; // Its session is alive.
            }

            Errno.Check(Kernel.Stat(staged.Number, out var status), "The unfinished upload");
            if (staged.Record is null || status.Written.Time < expired)
            {
                using var freed = tally();
                staged.Discard(freed);
            }
            else if (staged.Settled != new Usage(status.Length, 1))
            {
                using var kept = tally();
                staged.Keep(status.Length, kept);
            }
        }, skipsFailing: true);
    }

    private void SweepOrphans(StagingFolder staging, Func<ITally> tally, Func<IReadOnlyList<ReadOnlyMemory<byte>>> marks)
    {
        var orphans = FindOrphans(staging);
        if (orphans.Count == 0)
        {
            return;
        }

        var named = marks().Select(mark => StepMark.Read(mark.Span)?.Name).ToHashSet();
        using var folder = staging.Lend();
        foreach (var name in orphans.Where(name => !named.Contains(System.Text.Encoding.ASCII.GetString(name.AsSpan(..^1)))))
        {
            if (name[0] == 't')
            {
                using var freed = tally();
                RemoveTrash(staging, name, freed);
            }
            else if (Kernel.Unlink(folder.Number, name) == -Errno.IsAFolder)
            {
                Trash.Empty(staging, name);
            }
        }
    }

    /// <summary>Work of processes that are gone, and records without their uploads.</summary>
    private static List<byte[]> FindOrphans(StagingFolder staging)
    {
        var orphans = new List<byte[]>();
        using var folder = staging.Lend();
        using var reader = FolderReader.Open(folder.Number, "The staging folder");
        while (reader.Next())
        {
            var name = reader.TerminatedName.ToArray();
            if (name[0] is (byte)'t' or (byte)'w'
                ? staging.IsOrphan(reader.Name)
                : name[0] == 'a' && !Errno.IsThere(staging.Look([(byte)'u', .. name.AsSpan(1)], out _), "The staging folder"))
            {
                orphans.Add(name);
            }
        }

        return orphans;
    }
}
