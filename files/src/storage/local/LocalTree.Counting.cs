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
        foreach (var trash in NamesInStaging('t'))
        {
            var count = new FolderCount();
            foreach (var step in CountTrash(trash, count))
            {
                yield return step;
            }

            sum += count.Sum;
        }

        // Of an unfinished upload counts what its record says: who receives more, or settles what a dead process received, adds the rest.
        ForEachUnfinished((folder, data, record) =>
        {
            if (record is not null && Kernel.Stat(folder, data, Kernel.AtNoFollow, out var status) >= 0 && record.Data == status.Identity)
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

    private List<byte[]> NamesInStaging(char kind)
    {
        var names = new List<byte[]>();
        using var folder = Staging.Lend();
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
    private IEnumerable<int> CountTrash(byte[] trash, FolderCount count)
    {
        const string Subject = "The removed folder";
        int result;
        using (var staging = Staging.Lend())
        {
            result = Kernel.OpenAt(staging.Number, trash, Kernel.PathOnly | Kernel.Directory | Kernel.NoFollow);
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
