using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Client;

/// <summary>
/// The calls that work on names as bytes, relative to an open folder: what the base library lacks. Each returns its result or a negated
/// errno.
/// </summary>
internal static unsafe partial class Posix
{
    public const int ReadOnly = 0, WriteOnly = 1, ReadWrite = 2, Create = 0x40, Exclusive = 0x80, Append = 0x400, NonBlocking = 0x800;
    public const int WorkingFolder = -100, AtNoFollow = 0x100, AtFollow = 0x400, AtEmptyPath = 0x1000;
    public const int NotFound = -2, Interrupted = -4, NoPeer = -6, TryAgain = -11, Exists = -17, NotAFolder = -20;
    public const uint NoReplace = 1;

    /// <summary>POLLIN and POLLOUT.</summary>
    public const short Readable = 1, Writable = 4;

    // MSG_DONTWAIT and MSG_NOSIGNAL.
    private const int NotWaiting = 0x40, NoSignal = 0x4000;

    // A terminal that is opened must not become this process's own.
    private const int NoTerminal = 0x100;

    // O_DIRECTORY and O_NOFOLLOW are two of the few flags whose values differ between architectures; so do the numbers of calls.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static readonly nint NumberOfGetDents = IsArm ? 61 : 217;
    private static readonly nint NumberOfRenameAt2 = IsArm ? 276 : 316;
    private const int CloseOnExec = 0x80000;
    private static readonly byte[] Nameless = [0];

    public static readonly int Folder = IsArm ? 0x4000 : 0x10000;
    public static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;

    /// <summary>O_TMPFILE: a file that has no name yet.</summary>
    public static readonly int Unnamed = 0x400000 | Folder;

    public static uint User => GetEffectiveUser();

    /// <param name="path">Ends with a NUL, as all names here.</param>
    /// <param name="flags">As for open(2).</param>
    public static int Open(byte[] path, int flags) => Result(Open(WorkingFolder, path, flags | CloseOnExec | NoTerminal, 0));

    public static int Open(SafeFileHandle folder, byte[] name, int flags, int mode = 0) =>
        Result(OpenAt(folder, name, flags | CloseOnExec | NoTerminal, mode));

    /// <summary>Where the process is, in bytes; the root where that cannot be said, because the folder is gone.</summary>
    public static byte[] CurrentFolder()
    {
        var path = new byte[4096 + 1];
        return GetCurrentFolder(ref path[0], path.Length) == 0 ? "/"u8.ToArray() : path[..Array.IndexOf(path, (byte)0)];
    }

    public static int Enter(byte[] folder) => Result(ChangeFolder(folder));

    /// <summary>True for a folder in which this user may look and go on.</summary>
    public static bool MayUse(byte[] path) => Access(path, 4 | 1) == 0 && Stat(path, follow: true, out var facts) == 0 && facts.Kind == EntryKind.Folder;

    public static int Stat(byte[] path, bool follow, out FileFacts facts)
    {
        fixed (FileFacts* to = &facts)
            return Result(StatX(WorkingFolder, path, follow ? 0 : AtNoFollow, FileFacts.Wanted, to));
    }

    /// <summary>Whether a file lies in procfs, where links are not what they say but open files.</summary>
    public static bool IsProcess(SafeFileHandle file)
    {
        // struct statfs begins with the type; the rest is not looked at.
        const long processes = 0x9fa0;
        var facts = stackalloc long[64];
        return Result(StatFs(file, facts)) == 0 && *facts == processes;
    }

    /// <summary>Another descriptor of the same open file, where this process was started with it; a negated errno where it was not.</summary>
    public static int DuplicateInherited(int number)
    {
        const int getFlags = 1, duplicate = 1030; // F_GETFD, F_DUPFD_CLOEXEC
        // What this process has opened itself closes on exec: it is nobody's business.
        var flags = Result(Control(number, getFlags, 0));
        return flags < 0 ? flags : (flags & 1) != 0 ? NotFound : Result(Control(number, duplicate, 3));
    }

    /// <summary>Sends what the socket takes now (send(2)).</summary>
    public static int Send(SafeHandle socket, ReadOnlySpan<byte> bytes) =>
        Result((int)SendTo(socket, ref MemoryMarshal.GetReference(bytes), bytes.Length, NotWaiting | NoSignal));

    /// <summary>Receives what has come (recv(2)); 0 at the end of the stream.</summary>
    public static int Receive(SafeHandle socket, Span<byte> buffer) =>
        Result((int)ReceiveFrom(socket, ref MemoryMarshal.GetReference(buffer), buffer.Length, NotWaiting));

    /// <summary>Waits until a file can be read or written, or has failed (poll(2)); false when that took too long.</summary>
    public static bool Wait(SafeHandle file, short events, int milliseconds)
    {
        var lent = false;
        file.DangerousAddRef(ref lent);
        try
        {
            var one = new PollEntry { Number = (int)file.DangerousGetHandle(), Events = events };
            var result = Result(Poll(&one, 1, milliseconds));
            return result != 0 && result != Interrupted;
        }
        finally
        {
            file.DangerousRelease();
        }
    }

    /// <summary>How many files the process may have open; raised to what it may ask for.</summary>
    public static long RaiseOpenFileLimit()
    {
        const int openFiles = 7; // RLIMIT_NOFILE
        var limits = stackalloc ulong[2];
        if (GetLimits(openFiles, limits) != 0)
            return 256;
        if (limits[0] < limits[1])
        {
            limits[0] = limits[1];
            if (SetLimits(openFiles, limits) != 0 && GetLimits(openFiles, limits) != 0)
                return 256;
        }

        return (long)Math.Min(limits[0], int.MaxValue);
    }

    public static int Stat(SafeFileHandle folder, byte[] name, bool follow, out FileFacts facts) =>
        Stat(folder, name, follow ? 0 : AtNoFollow, out facts);

    public static int Stat(SafeFileHandle file, out FileFacts facts) => Stat(file, Nameless, AtEmptyPath, out facts);

    public static int MakeFolder(SafeFileHandle folder, byte[] name, int mode) => Result(MkdirAt(folder, name, mode));

    public static int Remove(SafeFileHandle folder, byte[] name) => Result(UnlinkAt(folder, name, 0));

    public static int RemoveFolder(SafeFileHandle folder, byte[] name) => Result(UnlinkAt(folder, name, 0x200));

    public static int MakeLink(byte[] target, SafeFileHandle folder, byte[] name) => Result(SymlinkAt(target, folder, name));

    /// <summary>Within one folder.</summary>
    public static int Rename(SafeFileHandle folder, byte[] from, byte[] to, uint flags)
    {
        var lent = false;
        folder.DangerousAddRef(ref lent);
        try
        {
            var number = folder.DangerousGetHandle();
            fixed (byte* old = from, fresh = to)
                return Result((int)SystemCall(NumberOfRenameAt2, number, (nint)old, number, (nint)fresh, (nint)flags));
        }
        finally
        {
            folder.DangerousRelease();
        }
    }

    public static int ReadLink(SafeFileHandle folder, byte[] name, Span<byte> target) =>
        Result((int)ReadLinkAt(folder, name, ref MemoryMarshal.GetReference(target), target.Length));

    /// <summary>The next directory entries (getdents64(2)).</summary>
    public static int ReadEntries(SafeFileHandle folder, Span<byte> buffer)
    {
        var lent = false;
        folder.DangerousAddRef(ref lent);
        try
        {
            fixed (byte* to = buffer)
                return Result((int)SystemCall(NumberOfGetDents, folder.DangerousGetHandle(), (nint)to, buffer.Length, 0, 0));
        }
        finally
        {
            folder.DangerousRelease();
        }
    }

    /// <summary>Reads at a place (pread(2)), as many bytes as there are and <paramref name="buffer"/> takes. The base library would ask first whether one can seek.</summary>
    public static int Read(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        int result;
        do
        {
            result = Result((int)PRead(file, ref MemoryMarshal.GetReference(buffer), buffer.Length, (nint)offset));
        }
        while (result == Interrupted);
        return result;
    }

    /// <summary>Reads what there is of something that has no places.</summary>
    public static int Read(SafeFileHandle file, Span<byte> buffer)
    {
        int result;
        do
        {
            result = Result((int)ReadFrom(file, ref MemoryMarshal.GetReference(buffer), buffer.Length));
        }
        while (result == Interrupted);
        return result;
    }

    /// <summary>Writes what it can of <paramref name="bytes"/>, where the file was left.</summary>
    public static int Write(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        int result;
        do
        {
            result = Result((int)WriteTo(file, ref MemoryMarshal.GetReference(bytes), bytes.Length));
        }
        while (result == Interrupted);
        return result;
    }

    /// <summary>Gives a file that has no name one, which must be free (linkat(2)).</summary>
    public static int Link(SafeFileHandle file, SafeFileHandle folder, byte[] name)
    {
        var result = Result(LinkAt(file, Nameless, folder, name, AtEmptyPath));
        if (result != NotFound)
            return result;
        // Older kernels let only root do so; others go by the file's place in /proc.
        var lent = false;
        file.DangerousAddRef(ref lent);
        try
        {
            return Result(LinkAt(WorkingFolder, $"/proc/self/fd/{file.DangerousGetHandle()}", folder, name, AtFollow));
        }
        finally
        {
            file.DangerousRelease();
        }
    }

    public static int SetMode(SafeFileHandle file, int mode) => Result(FChmod(file, mode));

    /// <summary>Takes the lock of an open file that ends with its process (flock(2)); false where another one has it.</summary>
    public static bool TryLock(SafeFileHandle file) => FLock(file, 2 | 4) == 0;

    /// <summary>Modification time, to the microsecond; access time untouched.</summary>
    public static int SetModified(SafeFileHandle file, DateTimeOffset modified)
    {
        const nint omitted = (1 << 30) - 2; // UTIME_OMIT
        var (seconds, rest) = Math.DivRem((modified - DateTimeOffset.UnixEpoch).Ticks, TimeSpan.TicksPerSecond);
        if (rest < 0)
            (seconds, rest) = (seconds - 1, rest + TimeSpan.TicksPerSecond);
        var times = stackalloc nint[] { 0, omitted, (nint)seconds, (nint)(rest * TimeSpan.NanosecondsPerTick) };
        return Result(FUTimeNs(file, times));
    }

    private static int Stat(SafeFileHandle folder, byte[] name, int flags, out FileFacts facts)
    {
        fixed (FileFacts* to = &facts)
            return Result(StatX(folder, name, flags, FileFacts.Wanted, to));
    }

    /// <summary>struct pollfd.</summary>
    private struct PollEntry
    {
        public int Number;
        public short Events;
        public short Happened;
    }

    private static int Result(int result) => result == -1 ? -Marshal.GetLastPInvokeError() : result;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint a, nint b, nint c, nint d, nint e);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static partial int Open(int folder, byte[] path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int StatX(int folder, byte[] name, int flags, uint mask, FileFacts* facts);

    [LibraryImport("libc", EntryPoint = "getcwd", SetLastError = true)]
    private static partial nint GetCurrentFolder(ref byte path, nint size);

    [LibraryImport("libc", EntryPoint = "chdir", SetLastError = true)]
    private static partial int ChangeFolder(byte[] path);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true)]
    private static partial int Access(byte[] path, int mode);

    [LibraryImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    private static partial int StatFs(SafeFileHandle file, long* facts);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int number, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, ulong count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint SendTo(SafeHandle socket, ref byte bytes, nint size, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint ReceiveFrom(SafeHandle socket, ref byte buffer, nint size, int flags);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimits(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimits(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFrom(SafeFileHandle file, ref byte buffer, nint size);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static partial int OpenAt(SafeFileHandle folder, byte[] name, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int StatX(SafeFileHandle folder, byte[] name, int flags, uint mask, FileFacts* facts);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    private static partial int MkdirAt(SafeFileHandle folder, byte[] name, int mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    private static partial int UnlinkAt(SafeFileHandle folder, byte[] name, int flags);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true)]
    private static partial int SymlinkAt(byte[] target, SafeFileHandle folder, byte[] name);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    private static partial nint ReadLinkAt(SafeFileHandle folder, byte[] name, ref byte target, nint size);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static partial nint PRead(SafeFileHandle file, ref byte buffer, nint size, nint offset);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteTo(SafeFileHandle file, ref byte bytes, nint size);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true)]
    private static partial int LinkAt(SafeFileHandle file, byte[] path, SafeFileHandle folder, byte[] name, int flags);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkAt(int from, string path, SafeFileHandle folder, byte[] name, int flags);

    [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
    private static partial int FUTimeNs(SafeFileHandle file, nint* times);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int FChmod(SafeFileHandle file, int mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();
}
