using System.Globalization;
using System.Runtime.InteropServices;

namespace Argosy.Files;

/// <summary>
/// The system calls that local storage lives on, with names as bytes. Each returns its result or a negated errno, as the
/// kernel does; <see cref="Errno"/> turns those into <see cref="FileException"/>.
/// </summary>
internal static unsafe partial class Kernel
{
    private const nint NumberOfOpenAt2 = 437; // The same on every architecture (openat2(2), Linux 5.6).

    private static readonly nint NumberOfRenameAt2 = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 316 : 276;
    private static readonly nint NumberOfPReadV2 = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 327 : 286;
    private static readonly nint NumberOfGetDents = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 217 : 61;

    // O_DIRECTORY and O_NOFOLLOW are two of the few flags whose values differ between architectures.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public static readonly int Directory = IsArm ? 0x4000 : 0x10000;
    public static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;

    /// <summary>The effective user.</summary>
    public static uint User => GetEffectiveUser();

    public const int ReadOnly = 0, ReadWrite = 2, Create = 0x40, Exclusive = 0x80, NoControllingTerminal = 0x100;
    public const int Truncate = 0x200, NonBlocking = 0x800, CloseOnExec = 0x80000, PathOnly = 0x200000;
    public const int AtWorkingFolder = -100, AtRemoveFolder = 0x200, AtEmptyPath = 0x1000, AtNoFollow = 0x100;
    public const ulong Beneath = 0x08, NoMagicLinks = 0x02, NoLinks = 0x04;
    public const uint NoReplace = 1;

    private static ReadOnlySpan<byte> AccessList => "system.posix_acl_access\0"u8;

    private static ReadOnlySpan<byte> DefaultAccessList => "system.posix_acl_default\0"u8;

    public static int OpenAt2(int folder, byte* path, int flags, ulong resolve)
    {
        var how = new OpenHow { Flags = (ulong)(uint)(flags | CloseOnExec), Resolve = resolve };
        return (int)Result(SystemCall(NumberOfOpenAt2, folder, (nint)path, (nint)(&how), sizeof(OpenHow), 0));
    }

    public static int OpenAt(int folder, ReadOnlySpan<byte> name, int flags, int mode = 0)
    {
        fixed (byte* bytes = name)
        {
            return (int)Result(OpenAt(folder, bytes, flags | CloseOnExec, mode));
        }
    }

    public static int Stat(int folder, ReadOnlySpan<byte> name, int flags, out Status status)
    {
        fixed (byte* bytes = name)
        fixed (Status* to = &status)
        {
            return (int)Result(StatX(folder, bytes, flags, Status.Wanted, to));
        }
    }

    public static int Stat(int descriptor, out Status status) => Stat(descriptor, "\0"u8, AtEmptyPath, out status);

    public static int MakeFolder(int folder, ReadOnlySpan<byte> name, int mode)
    {
        fixed (byte* bytes = name)
        {
            return (int)Result(MkdirAt(folder, bytes, mode));
        }
    }

    public static int SymbolicLink(ReadOnlySpan<byte> target, int folder, ReadOnlySpan<byte> name)
    {
        fixed (byte* words = target, bytes = name)
        {
            return (int)Result(SymlinkAt(words, folder, bytes));
        }
    }

    public static int Unlink(int folder, ReadOnlySpan<byte> name, int flags = 0)
    {
        fixed (byte* bytes = name)
        {
            return (int)Result(UnlinkAt(folder, bytes, flags));
        }
    }

    public static int Rename(int fromFolder, ReadOnlySpan<byte> from, int toFolder, ReadOnlySpan<byte> to, uint flags = 0)
    {
        fixed (byte* fromBytes = from, toBytes = to)
        {
            return (int)Result(SystemCall(NumberOfRenameAt2, fromFolder, (nint)fromBytes, toFolder, (nint)toBytes, (nint)flags));
        }
    }

    public static int Link(int fromFolder, ReadOnlySpan<byte> from, int toFolder, ReadOnlySpan<byte> to)
    {
        fixed (byte* fromBytes = from, toBytes = to)
        {
            return (int)Result(LinkAt(fromFolder, fromBytes, toFolder, toBytes, 0));
        }
    }

    public static int ReadLink(int folder, ReadOnlySpan<byte> name, Span<byte> target)
    {
        fixed (byte* bytes = name, to = target)
        {
            return (int)Result(ReadLinkAt(folder, bytes, to, target.Length));
        }
    }

    public static int ReadEntries(int folder, Span<byte> buffer)
    {
        fixed (byte* to = buffer)
        {
            return (int)Result(SystemCall(NumberOfGetDents, folder, (nint)to, buffer.Length, 0, 0));
        }
    }

    /// <summary>Modification time by descriptor, access time untouched.</summary>
    public static int SetModified(int descriptor, DateTime modified)
    {
        var times = stackalloc TimeSpec[2];
        times[0] = TimeSpec.Omitted;
        times[1] = TimeSpec.From(modified);
        return (int)Result(FUTimeNs(descriptor, times));
    }

    /// <summary>Modification time of an entry, a link itself included.</summary>
    public static int SetModified(int folder, ReadOnlySpan<byte> name, DateTime modified)
    {
        var times = stackalloc TimeSpec[2];
        times[0] = TimeSpec.Omitted;
        times[1] = TimeSpec.From(modified);
        fixed (byte* bytes = name)
        {
            return (int)Result(UTimeNsAt(folder, bytes, times, AtNoFollow));
        }
    }

    public static nint Read(int descriptor, Span<byte> buffer, long offset)
    {
        fixed (byte* to = buffer)
        {
            return Result(PRead(descriptor, to, buffer.Length, offset));
        }
    }

    /// <summary>Reads what is there without waiting for the disk (preadv2(2), RWF_NOWAIT); EAGAIN where it would have to.</summary>
    public static nint ReadNow(int descriptor, Span<byte> buffer, long offset)
    {
        const nint NoWait = 8;
        fixed (byte* to = buffer)
        {
            var pieces = stackalloc nint[] { (nint)to, buffer.Length };
            return Result(SystemCall(NumberOfPReadV2, descriptor, (nint)pieces, 1, (nint)offset, 0, NoWait));
        }
    }

    /// <summary>The kind of disk that a file is on, as statfs(2) numbers them; 0 where it does not say.</summary>
    public static long DiskKind(int descriptor)
    {
        var status = stackalloc long[64]; // struct statfs of 64-bit Linux begins with it and has 120 bytes.
        return FStatFs(descriptor, status) < 0 ? 0 : status[0];
    }

    public static nint Write(int descriptor, ReadOnlySpan<byte> data, long offset)
    {
        fixed (byte* from = data)
        {
            return Result(PWrite(descriptor, from, data.Length, offset));
        }
    }

    public static nint CopyRange(int from, long fromOffset, int to, long toOffset, long count) =>
        Result(CopyFileRange(from, &fromOffset, to, &toOffset, (nint)count, 0));

    public static int Chmod(int descriptor, int mode) => (int)Result(FChmod(descriptor, mode));

    /// <summary>Follows links: only for what nobody else can reach.</summary>
    public static int Chmod(int folder, ReadOnlySpan<byte> name, int mode)
    {
        fixed (byte* bytes = name)
        {
            return (int)Result(FChmodAt(folder, bytes, mode, 0));
        }
    }

    public static int SetGroup(int descriptor, uint group) => (int)Result(FChown(descriptor, uint.MaxValue, group));

    /// <summary>The access list that a folder, by its O_PATH descriptor, gives to what is made in it; null where there is none or the disk knows none.</summary>
    public static byte[]? ReadDefaultAccessList(int folder) => ReadAttribute(Link(folder), DefaultAccessList);

    /// <summary>The access list of what is at a path; null where the mode says all.</summary>
    public static byte[]? ReadAccessList(ReadOnlySpan<byte> terminatedPath) => ReadAttribute(terminatedPath, AccessList);

    public static int SetAccessList(int descriptor, ReadOnlySpan<byte> list) => SetAttribute(descriptor, AccessList, list);

    public static int SetDefaultAccessList(int folder, ReadOnlySpan<byte> list) => SetAttribute(folder, DefaultAccessList, list);

    private static byte[]? ReadAttribute(ReadOnlySpan<byte> terminatedPath, ReadOnlySpan<byte> attribute)
    {
        Span<byte> list = stackalloc byte[4096];
        fixed (byte* path = terminatedPath, name = attribute, to = list)
        {
            var length = (int)Result(GetXAttr(path, name, to, list.Length));
            return length switch
            {
                > 0 => list[..length].ToArray(),
                0 or -Errno.NoData or -Errno.NotSupported => null,
                _ => throw Errno.Exception(length, "The access list"),
            };
        }
    }

    private static int SetAttribute(int descriptor, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        fixed (byte* name = attribute, bytes = value)
        {
            return (int)Result(FSetXAttr(descriptor, name, bytes, value.Length, 0));
        }
    }

    /// <summary>Takes from a folder what it inherited for what is made in it; where there is nothing, nothing happens.</summary>
    public static void RemoveDefaultAccessList(int folder)
    {
        fixed (byte* name = DefaultAccessList)
        {
            FRemoveXAttr(folder, name);
        }
    }

    /// <summary>Where a descriptor's file is now, as an absolute path of this machine.</summary>
    public static byte[] PathOf(int descriptor)
    {
        Span<byte> path = stackalloc byte[RemotePath.LongestPath];
        return path[..Errno.Check(ReadLink(AtWorkingFolder, Link(descriptor), path), "The folder")].ToArray();
    }

    /// <summary>The name in /proc that leads to a descriptor's file.</summary>
    public static byte[] Link(int descriptor) => System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}\0"));

    public static int SetLength(int descriptor, long length) => (int)Result(FTruncate(descriptor, length));

    public static int SyncData(int descriptor) => (int)Result(FDataSync(descriptor));

    public static int Sync(int descriptor) => (int)Result(FSync(descriptor));

    public static int Close(int descriptor) => (int)Result(CloseDescriptor(descriptor));

    public static long Seek(int descriptor, long offset) => Result((nint)LSeek(descriptor, offset, 0));

    /// <summary>Takes flock(2)'s exclusive lock without waiting; it goes with the descriptor.</summary>
    public static int TryLock(int descriptor) => (int)Result(FLock(descriptor, 2 | 4));

    /// <summary>Locks one byte of a file for this open description (fcntl(2), F_OFD_SETLKW), waiting for others.</summary>
    public static int Lock(int descriptor, long at) => LockRange(descriptor, 38, FileLock.Write, at, out _);

    /// <summary>The same without waiting (F_OFD_SETLK).</summary>
    public static int TryLock(int descriptor, long at) => LockRange(descriptor, 37, FileLock.Write, at, out _);

    /// <summary>Frees what <see cref="Lock"/> took.</summary>
    public static int Unlock(int descriptor, long at) => LockRange(descriptor, 37, FileLock.None, at, out _);

    /// <summary>True where another open description holds that byte (F_OFD_GETLK).</summary>
    public static bool IsLocked(int descriptor, long at)
    {
        var result = LockRange(descriptor, 36, FileLock.Write, at, out var found);
        return result < 0 || found != FileLock.None;
    }

    public static int Space(int descriptor, out DiskSpace space)
    {
        fixed (DiskSpace* to = &space)
        {
            return (int)Result(FStatVfs(descriptor, to));
        }
    }

    private static int LockRange(int descriptor, int command, short type, long at, out short found)
    {
        var range = new FileLock { Type = type, Start = at, Length = 1 };
        int result;
        do
        {
            result = (int)Result(FCntl(descriptor, command, &range));
        }
        while (result == -Errno.Interrupted);

        found = range.Type;
        return result;
    }

    private static nint Result(nint value) => value < 0 ? -Marshal.GetLastPInvokeError() : value;

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    /// <summary>struct flock of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileLock
    {
        public const short Write = 1, None = 2;

        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        private long _seconds;
        private long _nanoseconds;

        public static TimeSpec Omitted => new() { _nanoseconds = (1 << 30) - 2 }; // UTIME_OMIT

        public static TimeSpec From(DateTime time)
        {
            var ticks = (UtcTime.Of(time) - DateTime.UnixEpoch).Ticks;
            var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
            return rest < 0
                ? new() { _seconds = seconds - 1, _nanoseconds = (rest + TimeSpan.TicksPerSecond) * 100 }
                : new() { _seconds = seconds, _nanoseconds = rest * 100 };
        }
    }
}
