namespace Argosy.Files;

/// <content>What a home holds.</content>
internal sealed partial class LocalTree
{
    /// <summary>
    /// Counts the home with its unfinished uploads, step by step, and holds nothing in between; hands the sum to <paramref name="counted"/> while no
    /// replacement or removal can come between. What changed meanwhile may be in it or not.
    /// </summary>
    public IEnumerable<int> Count(Action<Usage> counted)
    {
        var sum = default(Usage);
        using (var home = _jail.Lend())
        {
            var count = new FolderCount();
            foreach (var step in count.Steps(home.Number, "The home"))
            {
                yield return step;
            }

            sum += count.Sum;
        }

        if (_staging is null)
        {
            counted(sum); // It can only be read: nothing waits there, and nothing changes.
            yield break;
        }

        // What removed folders hold is counted down only when they are emptied.
        foreach (var staging in AllStaging.Each())
        {
            foreach (var trash in NamesIn(staging, 't'))
            {
                var count = new FolderCount();
                foreach (var step in CountTrash(staging, trash, count))
                {
                    yield return step;
                }

                sum += count.Sum;
            }
        }

        // Of an unfinished upload counts what its record says: who receives more, or settles what a dead process received, adds the rest.
        ForEachUnfinished((folder, data, record) =>
        {
            if (record is not null && Errno.IsThere(folder.Look(data, out var status), "The unfinished upload") && record.Data == status.Identity)
            {
                sum += record.Settled;
            }
        });
        yield return 1;
        using (Staging.HomeLock.Enter())
        {
            counted(sum);
        }
    }

    private static List<byte[]> NamesIn(StagingFolder staging, char kind)
    {
        var names = new List<byte[]>();
        using var folder = staging.Lend();
        using var reader = FolderReader.Open(folder.Number, "The staging folder");
        while (reader.Next())
        {
            if (reader.Name[0] == kind)
            {
                names.Add(reader.TerminatedName.ToArray());
            }
        }

        return names;
    }

    /// <summary>Counts a removed folder; nothing where somebody emptied it meanwhile.</summary>
    private static IEnumerable<int> CountTrash(StagingFolder staging, byte[] trash, FolderCount count)
    {
        const string Subject = "The removed folder";
        int result;
        using (var lent = staging.Lend())
        {
            result = Kernel.OpenAt(lent.Number, trash, Kernel.PathOnly | Kernel.Directory | Kernel.NoFollow);
        }

        if (result == -Errno.NotFound)
        {
            yield break;
        }

        using var folder = new Descriptor(Errno.Check(result, Subject));
        foreach (var step in count.Steps(folder.Number, Subject))
        {
            yield return step;
        }
    }
}
