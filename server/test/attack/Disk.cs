using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Argosy.Server.Tests.Attack;

/// <summary>What attackers and watchers need of the kernel that the base library has not.</summary>
internal static partial class Disk
{
    private const int WorkingFolder = -100, Exchanging = 2, NotFollowing = 0x100, BasicFacts = 0x7ff;

    /// <summary>Exchanges two names in one step (renameat2(2), RENAME_EXCHANGE); false where one of them is missing.</summary>
    public static bool TryExchange(string one, string other) => RenameAt2(WorkingFolder, one, WorkingFolder, other, Exchanging) == 0;

    /// <summary>
    /// All files and links beneath a folder as they were at one moment: looked at until two looks in a row agree, since whatever was there in both, with
    /// one time of change, was there between them. Null where that does not come about.
    /// </summary>
    public static IReadOnlyCollection<FileFacts>? At(string folder)
    {
        var before = Look(folder);
        for (var i = 0; i < 5; i++)
        {
            var now = Look(folder);
            if (before is not null && now is not null && now.SetEquals(before)) return now;
            before = now;
        }

        return null;
    }

    private static HashSet<FileFacts>? Look(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Select(Facts).Where(facts => !facts.IsFolder)];
        }
        catch (IOException)
        {
            return null; // A folder or a file that went meanwhile.
        }
    }

    // statx(2): stx_mode at 28, stx_ino at 32, stx_size at 40, stx_ctime at 96.
    private static unsafe FileFacts Facts(string path)
    {
        Span<byte> facts = stackalloc byte[256];
        fixed (byte* at = facts)
            if (StatX(WorkingFolder, path, NotFollowing, BasicFacts, at) != 0) throw new IOException("It is gone.");
        var isFolder = (BinaryPrimitives.ReadUInt16LittleEndian(facts[28..]) & 0xf000) == 0x4000;
        return new(
            path, isFolder, BinaryPrimitives.ReadInt64LittleEndian(facts[32..]), BinaryPrimitives.ReadInt64LittleEndian(facts[40..]),
            (BinaryPrimitives.ReadInt64LittleEndian(facts[96..]), BinaryPrimitives.ReadInt32LittleEndian(facts[104..])));
    }

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatX(int folder, string path, int flags, uint mask, byte* facts);
}

/// <summary>What identifies one version of a file.</summary>
internal sealed record FileFacts(string Path, bool IsFolder, long Number, long Size, (long Seconds, int Nanoseconds) Changed);
