namespace Argosy.Files;

/// <summary>
/// Counts the regular files beneath a folder, to any depth, with one open descriptor and a few bytes per level: it comes back up by
/// <c>..</c> and checks that it arrived where it came from.
/// </summary>
internal static class FolderCount
{
    private const int Tries = 5;

    public static Usage Count(int folder, string subject)
    {
        for (var i = 0; i < Tries; i++)
        {
            if (TryCount(FolderReader.Open(folder, subject)) is { } counted)
            {
                return counted;
            }
        }

        throw Errno.Exception(-Errno.Again, subject);
    }

    private static Usage? TryCount(FolderReader reader)
    {
        var above = new Stack<(Status Folder, long Cookie)>();
        var sum = default(Usage);
        try
        {
            while (true)
            {
                if (reader.Next())
                {
                    sum += Visit(ref reader, above);
                }
                else if (above.Count == 0)
                {
                    return sum;
                }
                else if (!TryGoUp(ref reader, above.Pop()))
                {
                    return null; // A folder was moved meanwhile: what was seen twice or not at all is unknown.
                }
            }
        }
        finally
        {
            reader.Dispose();
        }
    }

    private static Usage Visit(ref FolderReader reader, Stack<(Status Folder, long Cookie)> above)
    {
        if (StagingFolder.IsReserved(reader.Name) || Kernel.Stat(reader.Folder, reader.TerminatedName, Kernel.AtNoFollow, out var status) < 0)
        {
            return default;
        }

        // What cannot be opened cannot be counted; nobody can reach it through this server either.
        if (status.IsFolder && FolderReader.TryOpen(reader.Folder, reader.TerminatedName, out _) is { } deeper)
        {
            Kernel.Stat(reader.Folder, out var here);
            above.Push((here, reader.Cookie));
            reader.Dispose();
            reader = deeper;
        }

        return status.IsFile ? new(status.Length, 1) : default;
    }

    private static bool TryGoUp(ref FolderReader reader, (Status Folder, long Cookie) to)
    {
        if (FolderReader.TryOpen(reader.Folder, "..\0"u8, out _) is not { } up)
        {
            return false;
        }

        reader.Dispose();
        reader = up;
        if (Kernel.Stat(up.Folder, out var here) < 0 || !here.IsSame(to.Folder))
        {
            return false;
        }

        up.SeekTo(to.Cookie);
        return true;
    }
}
