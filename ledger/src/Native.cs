using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Ledger;

/// <summary>The calls that the base library lacks. Used on 64-bit Linux only.</summary>
internal static partial class Native
{
    internal const int EINTR = 4;
    internal const int ESRCH = 3;
    internal const short F_WRLCK = 1;
    internal const short F_UNLCK = 2;
    private const int F_OFD_SETLKW = 38;

    /// <summary>
    /// Takes or frees the whole file's lock (fcntl_locking(2), "open file description locks"). It belongs to the open file, so it goes when
    /// the last process that has it open dies. flock(2) would do as well, had the runtime not taken that one for FileShare.
    /// </summary>
    internal static int SetLock(SafeFileHandle file, short type)
    {
        var range = new FileLock { Type = type };
        return Fcntl(file, F_OFD_SETLKW, ref range);
    }

    /// <summary>kill(2).</summary>
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int pid, int signal);

    /// <summary>geteuid(2).</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();

    /// <summary>Whose it is, and whether it is a folder and no link to one; null where nothing is there.</summary>
    internal static (uint User, bool IsFolder)? OwnerOf(string path)
    {
        const int WorkingFolder = -100, NoFollow = 0x100, TypeMask = 0xf000, Folder = 0x4000;
        const uint TypeAndOwner = 0x1 | 0x8;
        return StatX(WorkingFolder, path, NoFollow, TypeAndOwner, out var status) == 0
            ? (status.Owner, (status.TypeAndMode & TypeMask) == Folder)
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, out FileStatus status);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(SafeFileHandle file, int command, ref FileLock range);

    /// <summary>struct statx, the same on every architecture (statx(2)).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(20)]
        internal uint Owner;

        [FieldOffset(28)]
        internal ushort TypeAndMode;
    }

    /// <summary>struct flock; whence SEEK_SET, start 0 and length 0 mean all of the file, however it grows.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileLock
    {
        internal short Type;
        private readonly short _whence;
        private readonly long _start;
        private readonly long _length;
        private readonly int _pid;
    }
}
