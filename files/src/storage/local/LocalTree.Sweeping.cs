using System.Text;

namespace Argosy.Files;

/// <content>What ended processes and clients that never came back have left.</content>
internal sealed partial class LocalTree
{
    private const string UnfinishedSubject = "The unfinished upload";

    /// <summary>Adds to usage what clients sent to processes that died before they could tell.</summary>
    public void SettleUnfinished(Func<ITally> tally) => ForEachUnfinished((folder, data, record) =>
    {
        using var staged = record is null ? null : OpenUnfinished(folder, data);
        if (staged?.Record is not null)
        {
            Settle(staged, tally);
        }
    }, skipsFailing: true);

    /// <summary>
    /// Removes the leavings of dead processes, settles what they received, expires what nobody came back for; step by step. Where somebody
    /// sweeps already, nothing. A mounted disk that does not answer is left for another time.
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
            foreach (var staging in AllStaging.Each())
            {
                var orphans = SweepOrphans(staging, tally, marks);
                foreach (var step in staging == Staging ? orphans : WhileWell(orphans))
                {
                    yield return step;
                }
            }

            ForEachUnfinished((folder, data, record) => SweepUnfinished(folder, data, expired, tally, marks), skipsFailing: true);
            yield return 1;
        }
    }

    private static IEnumerable<int> WhileWell(IEnumerable<int> work)
    {
        using var steps = work.GetEnumerator();
        while (TryMoveNext(steps))
        {
            yield return steps.Current;
        }
    }

    private static bool TryMoveNext(IEnumerator<int> steps)
    {
        try
        {
            return steps.MoveNext();
        }
        catch (FileException)
        {
            return false;
        }
    }

    /// <summary>
    /// What dead processes left and no open step names, and records whose uploads are gone. Who is dead is looked at first: what such a process had begun is
    /// in the ledger by then, and one that dies after that is left for the next sweep.
    /// </summary>
    private IEnumerable<int> SweepOrphans(StagingFolder staging, Func<ITally> tally, Func<IReadOnlyList<ReadOnlyMemory<byte>>> marks)
    {
        var orphans = FindOrphans(staging);
        var named = orphans.Count == 0 ? [] : Named(marks);
        foreach (var name in orphans.Where(name => !named.Contains(NameOf(name))))
        {
            using var freed = name[0] == 't' ? tally() : null;
            foreach (var step in freed is not null ? RemoveTrash(staging, name, freed) : RemoveWork(staging, name))
            {
                yield return step;
            }
        }
    }

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

    private static IEnumerable<int> RemoveWork(StagingFolder staging, byte[] name)
    {
        int result;
        using (var folder = staging.Lend())
        {
            result = Kernel.Unlink(folder.Number, name);
        }

        return result == -Errno.IsAFolder ? Trash.Empty(staging, name) : [1];
    }

    private void SweepUnfinished(
        StagingFolder folder, byte[] data, DateTime expired, Func<ITally> tally, Func<IReadOnlyList<ReadOnlyMemory<byte>>> marks)
    {
        using var staged = OpenUnfinished(folder, data);
        if (staged is null)
        {
            return; // Its session is alive.
        }

        Errno.Check(Kernel.Stat(staged.Number, out var status), UnfinishedSubject);
        var isExpired = staged.Record is null || status.Written.Time < expired;
        if ((!isExpired && staged.Settled == status.Usage) || Named(marks).Overlaps([NameOf(data), NameOf([(byte)'a', .. data.AsSpan(1)])]))
        {
            return; // Nothing is to be done, or what became of it is not settled.
        }

        if (isExpired)
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
        Errno.Check(Kernel.Stat(staged.Number, out var status), UnfinishedSubject);
        if (staged.Settled != status.Usage)
        {
            using var kept = tally();
            staged.Keep(status.Length, kept);
        }
    }

    /// <summary>The names that unsettled steps speak of.</summary>
    private static HashSet<string?> Named(Func<IReadOnlyList<ReadOnlyMemory<byte>>> marks) =>
        [.. marks().Select(mark => StepMark.Read(mark.Span)?.Name)];

    private static string NameOf(byte[] terminatedName) => Encoding.ASCII.GetString(terminatedName.AsSpan(..^1));
}
