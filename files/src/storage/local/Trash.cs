namespace Argosy.Files;

/// <summary>
/// Deletes a tree that already lies in the staging folder. Folders in it are moved up beside it instead of being descended into: any depth takes
/// one descriptor and no stack, and nothing outside can be reached whatever links it holds.
/// </summary>
internal static class Trash
{
    /// <summary>Entries that go in one step.</summary>
    private const int Stride = 64;

    /// <summary>Deletes <paramref name="terminatedName"/>, step by step; what resists stays for the next sweep.</summary>
    public static IEnumerable<int> Empty(StagingFolder staging, byte[] terminatedName)
    {
        using var folder = staging.Lend();
        var left = new Queue<byte[]>([terminatedName]);
        while (left.TryDequeue(out var name))
        {
            foreach (var step in Flatten(staging, folder.Number, name, left))
            {
                yield return step;
            }

            Kernel.Unlink(folder.Number, name, Kernel.AtRemoveFolder);
        }
    }

    private static IEnumerable<int> Flatten(StagingFolder staging, int folder, byte[] name, Queue<byte[]> left)
    {
        var reader = FolderReader.TryOpen(folder, name, out var result);
        if (result == -Errno.Access && Kernel.Chmod(folder, name, 0x1c0) >= 0)
        {
            reader = FolderReader.TryOpen(folder, name, out result);
        }

        if (reader is null)
        {
            Kernel.Unlink(folder, name);
            yield break;
        }

        using (reader)
        {
            for (var entries = 1; reader.Next(); entries++)
            {
                RemoveEntry(staging, folder, name, reader, left);
                if (entries % Stride == 0)
                {
                    yield return Stride;
                }
            }

            yield return Stride;
        }
    }

    private static void RemoveEntry(StagingFolder staging, int folder, byte[] name, FolderReader reader, Queue<byte[]> left)
    {
        var result = Kernel.Unlink(reader.Folder, reader.TerminatedName, reader.MayBeFolder ? Kernel.AtRemoveFolder : 0);
        if (result == -Errno.Access && Kernel.Chmod(folder, name, 0x1c0) >= 0)
        {
            result = Kernel.Unlink(reader.Folder, reader.TerminatedName, reader.MayBeFolder ? Kernel.AtRemoveFolder : 0);
        }

        if (result == -Errno.NotAFolder)
        {
            Kernel.Unlink(reader.Folder, reader.TerminatedName);
        }
        else if (result == -Errno.NotEmpty)
        {
            MoveUp(staging, folder, reader, left);
        }
    }

    private static void MoveUp(StagingFolder staging, int folder, FolderReader reader, Queue<byte[]> left)
    {
        var next = staging.NewName();
        var result = Kernel.Rename(reader.Folder, reader.TerminatedName, folder, next);
        if (result == -Errno.Access && Kernel.Chmod(reader.Folder, reader.TerminatedName, 0x1c0) >= 0)
        {
            // A folder's own ".." changes when it moves, so it must be writable.
            result = Kernel.Rename(reader.Folder, reader.TerminatedName, folder, next);
        }

        if (result >= 0)
        {
            left.Enqueue(next);
        }
    }
}
