namespace Argosy.Files;

/// <content>What a home holds.</content>
internal sealed partial class LocalTree
{
    /// <summary>Counts the home with its unfinished uploads, while nothing is replaced or removed.</summary>
    public void Count(Action<Usage> counted)
    {
        using var alone = Staging.HomeLock.Enter();
        using var home = _jail.Lend();
        var sum = FolderCount.Count(home.Number, "The home");
        ForEachUnfinished((folder, data, record) =>
        {
            using var staged = OpenUnfinished(folder, data);
            if (staged?.Record is { } idle && Kernel.Stat(staged.Number, out var status) >= 0)
            {
                var settled = new Usage(status.Length, 1);
                (idle with { Settled = settled }).Write(Staging, [(byte)'a', .. data.AsSpan(1)], IsStrict);
                sum += settled;
            }
            else if (staged is null && record is not null)
            {
                sum += record.Settled;
            }
        });
        counted(sum + CountAllTrash());
    }

    /// <summary>Removed folders that nobody has counted down yet.</summary>
    private Usage CountAllTrash()
    {
        var sum = default(Usage);
        using var folder = Staging.Lend();
        using var reader = FolderReader.Open(folder.Number, "The staging folder");
        while (reader.Next())
        {
            sum += reader.Name is [(byte)'t', (byte)'.', ..] ? CountTrash(reader.TerminatedName.ToArray()) : default;
        }

        return sum;
    }
}
