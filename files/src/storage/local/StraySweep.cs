using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>
/// What waits in the common staging folder for homes that are served no more: their accounts were removed, or they were made anew. Uploads go when they
/// are as old as any that nobody came back for, then the folder does.
/// </summary>
internal sealed class StraySweep(SafeFileHandle staging, DateTime expired, Func<string, bool> isInUse)
{
    /// <summary>Sweeps all but the folders of these homes; null is a home that is not there.</summary>
    public async ValueTask RunAsync(IOffload offload, IEnumerable<string?> served)
    {
        var strays = await offload.RunAsync(static work => work.This.Find([.. work.served.OfType<string>()]), (This: this, served));
        foreach (var stray in strays)
        {
            using var steps = Sweep(stray).GetEnumerator();
            while (await offload.RunAsync(static steps => steps.MoveNext(), steps))
            {
            }
        }
    }

    private List<string> Find(HashSet<string> served)
    {
        var strays = new List<string>();
        using var shared = Descriptor.Lend(staging);
        using var reader = FolderReader.Open(shared.Number, "The staging folder");
        while (reader.Next())
        {
            var name = Encoding.ASCII.GetString(reader.Name);
            if (!served.Contains(name) && !isInUse(name))
            {
                strays.Add(name);
            }
        }

        return strays;
    }

    private IEnumerable<int> Sweep(string name)
    {
        byte[] terminated = [.. Encoding.ASCII.GetBytes(name), 0];
        using var shared = Descriptor.Lend(staging);
        if (Kernel.Stat(shared.Number, terminated, Kernel.AtNoFollow, out var status) < 0 || !status.IsFolder)
        {
            yield break;
        }

        var isOld = status.Written.Time < expired; // Before opening it writes there.
        using (var stray = StagingFolder.Open(shared.Number, terminated))
        {
            foreach (var entry in Entries(stray))
            {
                if (entry[0] == 'u' ? IsExpired(stray, entry) : entry[0] is (byte)'w' or (byte)'t' && stray.IsOrphan(entry.AsSpan(..^1)))
                {
                    foreach (var step in Remove(stray, entry))
                    {
                        yield return step;
                    }
                }
            }

            isOld = isOld && Entries(stray).TrueForAll(IsOwn);
            if (isOld)
            {
                using var folder = stray.Lend();
                Entries(stray).ForEach(own => Kernel.Unlink(folder.Number, own));
            }
        }

        // Where somebody put something in meanwhile, it stays.
        if (isOld)
        {
            Kernel.Unlink(shared.Number, terminated, Kernel.AtRemoveFolder);
        }
    }

    /// <summary>The folder's own files: its locks, and where those of other disks are.</summary>
    private static bool IsOwn(byte[] terminatedName) => terminatedName.AsSpan(..^1).SequenceEqual("lock"u8) || terminatedName.AsSpan().StartsWith("m."u8);

    private static List<byte[]> Entries(StagingFolder stray)
    {
        var entries = new List<byte[]>();
        using var folder = stray.Lend();
        using var reader = FolderReader.Open(folder.Number, "The staging folder");
        while (reader.Next())
        {
            entries.Add(reader.TerminatedName.ToArray());
        }

        return entries;
    }

    private bool IsExpired(StagingFolder stray, byte[] data)
    {
        using var folder = stray.Lend();
        return Kernel.Stat(folder.Number, data, Kernel.AtNoFollow, out var status) >= 0 && status.Written.Time < expired;
    }

    private static IEnumerable<int> Remove(StagingFolder stray, byte[] name)
    {
        int result;
        using (var folder = stray.Lend())
        {
            result = Kernel.Unlink(folder.Number, name);
            if (name[0] == 'u')
            {
                Kernel.Unlink(folder.Number, [(byte)'a', .. name.AsSpan(1)]);
            }
        }

        return result == -Errno.IsAFolder ? Trash.Empty(stray, name) : [1];
    }
}
