using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Ledger;

/// <summary>The two calls that the base library lacks. Used on 64-bit Linux only.</summary>
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

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(SafeFileHandle file, int command, ref FileLock range);

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
