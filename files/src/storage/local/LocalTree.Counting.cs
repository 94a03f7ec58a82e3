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
            if (staged?.Record is { } idle)
            {
                Errno.Check(Kernel.Stat(staged.Number, out var status), "The unfinished upload");
                var settled = new Usage(status.Length, 1);
                (idle with { Settled = settled }).Write(folder, [(byte)'a', .. data.AsSpan(1)], IsStrict);
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
        AllStaging.ForEach(staging =>
        {
            using var folder = staging.Lend();
            using var reader = FolderReader.Open(folder.Number, "The staging folder");
            while (reader.Next())
            {
                sum += reader.Name is [(byte)'t', (byte)'.', ..] ? CountTrash(staging, reader.TerminatedName.ToArray()) : default;
            }
        });
        return sum;
    }
}
