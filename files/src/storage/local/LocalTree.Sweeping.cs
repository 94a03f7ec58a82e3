namespace Argosy.Files;

/// <content>What ended processes and clients that never came back have left.</content>
internal sealed partial class LocalTree
{
    /// <summary>Removes the leavings of dead processes, settles what they received, expires what nobody came back for.</summary>
    public void Sweep(DateTime expired, Func<ITally> tally)
    {
        if (_staging is null)
        {
            return;
        }

        using var alone = Staging.Sweeping.Enter();
        SweepOrphans(tally);
        ForEachUnfinished((folder, data, record) =>
        {
            using var staged = OpenUnfinished(folder, data);
            if (staged is null)
            {
                return; // Its session is alive.
            }

            Kernel.Stat(staged.Number, out var status);
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
        });
    }

    private void SweepOrphans(Func<ITally> tally)
    {
        using var folder = Staging.Lend();
        using var reader = FolderReader.Open(folder.Number, "The staging folder");
        while (reader.Next())
        {
            var name = reader.TerminatedName.ToArray();
            if (name[0] == 't' && Staging.IsOrphan(reader.Name))
            {
                using var freed = tally();
                RemoveTrash(name, freed);
            }
            else if (name[0] == 'w' && Staging.IsOrphan(reader.Name))
            {
                SweepWork(folder.Number, name);
            }
            else if (name[0] == 'a' && Kernel.Stat(folder.Number, [(byte)'u', .. name.AsSpan(1)], Kernel.AtNoFollow, out _) == -Errno.NotFound)
            {
                Kernel.Unlink(folder.Number, name);
            }
        }
    }

    private void SweepWork(int folder, byte[] name)
    {
        if (Kernel.Unlink(folder, name) == -Errno.IsAFolder)
        {
            Trash.Empty(Staging, name);
        }
    }
}
