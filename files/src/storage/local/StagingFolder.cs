using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>
/// Where one home's uploads wait and its removed things go: a 0700 folder that no path reaches and no listing shows. Its names:
/// <c>w.TOKEN.N</c> work that dies with the process that holds the token's lock, <c>t.TOKEN.N</c> a removed folder that is not yet
/// counted down, <c>w.TOKEN.N/</c> files that are stored together (<see cref="StoreVisit"/>), <c>u.HASH</c> an unfinished upload, <c>a.HASH</c> what is known about it, <c>m.DISK</c> where another disk's is
/// (<see cref="StagingFolders"/>), <c>lock</c>.
/// </summary>
internal sealed class StagingFolder : IDisposable
{
    public const string Subject = "The staging folder";

    /// <summary>Names that begin so belong to the server, in every folder of every home.</summary>
    public static ReadOnlySpan<byte> Reserved => ".argosy-staging"u8;

    private readonly SafeFileHandle _folder;
    private readonly SafeFileHandle _lockFile;
    private readonly string _token;
    private readonly Status _status;
    private long _last;

    private StagingFolder(SafeFileHandle folder, SafeFileHandle lockFile, string disk)
    {
        (_folder, _lockFile, Disk) = (folder, lockFile, disk);
        using var lent = Descriptor.Lend(folder);
        Errno.Check(Kernel.Stat(lent.Number, out _status), Subject);
        HomeLock = new HomeLock(lockFile);
        Sweeping = new HomeTurn(lockFile, 1);
        var token = RandomNumberGenerator.GetInt32(2, int.MaxValue);
        _token = token.ToString("x", CultureInfo.InvariantCulture);
        using var file = Descriptor.Lend(lockFile);
        Errno.Check(Kernel.Lock(file.Number, token), Subject);
    }

    /// <summary>The name of the disk that it is on, 8 characters; empty for the home's own folder.</summary>
    public string Disk { get; }

    public HomeLock HomeLock { get; }

    public HomeTurn Sweeping { get; }

    /// <summary>The reserved name itself, with its NUL.</summary>
    public static ReadOnlySpan<byte> TerminatedReserved => ".argosy-staging\0"u8;

    public static bool IsReserved(ReadOnlySpan<byte> name) => name.StartsWith(Reserved);

    /// <summary>Whether a path names something reserved at any level.</summary>
    public static bool IsReserved(RemotePath path)
    {
        var bytes = path.Bytes.Span;
        return IsReserved(bytes) || bytes.IndexOf("/.argosy-staging"u8) >= 0;
    }

    /// <summary>Opens or makes the folder <paramref name="terminatedName"/> in <paramref name="parent"/>.</summary>
    public static StagingFolder Open(int parent, ReadOnlySpan<byte> terminatedName, string disk = "") =>
        Open(OpenPrivate(parent, terminatedName), disk);

    /// <summary>Opens it where it exists.</summary>
    public static StagingFolder? TryOpen(int parent, ReadOnlySpan<byte> terminatedName, string disk)
    {
        var number = Kernel.OpenAt(parent, terminatedName, Kernel.ReadOnly | Kernel.Directory | Kernel.NoFollow);
        return Errno.IsThere(number, Subject) ? Open(Private(number), disk) : null;
    }

    private static StagingFolder Open(SafeFileHandle folder, string disk)
    {
        try
        {
            using var lent = Descriptor.Lend(folder);
            var file = Errno.Check(Kernel.OpenAt(lent.Number, "lock\0"u8, Kernel.ReadWrite | Kernel.Create | Kernel.NoFollow, 0x180), Subject);
            return new StagingFolder(folder, new(file, ownsHandle: true), disk);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Opens or makes a folder that only this user may enter.</summary>
    public static SafeFileHandle OpenPrivate(int parent, ReadOnlySpan<byte> terminatedName)
    {
        var made = Kernel.MakeFolder(parent, terminatedName, 0x1c0);
        if (made != -Errno.Exists)
        {
            Errno.Check(made, Subject);
        }

        return Private(Errno.Check(Kernel.OpenAt(parent, terminatedName, Kernel.ReadOnly | Kernel.Directory | Kernel.NoFollow), Subject));
    }

    private static SafeFileHandle Private(int number)
    {
        var folder = new SafeFileHandle(number, ownsHandle: true);

        // Only its owner may change the mode: a folder that somebody else put there is not taken.
        var result = Kernel.Stat(number, out var status);
        if (result >= 0 && (status.TypeAndMode & 0xfff) != 0x1c0)
        {
            result = Kernel.Chmod(number, 0x1c0);
        }

        // What is made here takes its rights from where it is published, and not from where this folder happens to lie.
        Kernel.RemoveDefaultAccessList(number);

        if (result < 0 || status.Owner != Kernel.User)
        {
            folder.Dispose();
            throw result is >= 0 or -Errno.NotPermitted
                ? new FileException(FileError.Storage, StorageText.StagingForeign) { SystemError = Errno.NotPermitted }
                : Errno.Exception(result, Subject);
        }

        return folder;
    }

    public Descriptor Lend() => Descriptor.Lend(_folder);

    /// <summary>True where a rename between this folder and one with that status works.</summary>
    public bool IsFor(in Status folder) => folder.IsSameMount(_status);

    /// <summary>Ends the use of it: closes it, unless it is the home's own, which lasts as long as the home is open.</summary>
    public void Leave()
    {
        if (Disk.Length > 0)
        {
            Dispose();
        }
    }

    /// <summary>Looks at what is there under a name.</summary>
    public int Look(ReadOnlySpan<byte> terminatedName, out Status status)
    {
        using var lent = Lend();
        return Kernel.Stat(lent.Number, terminatedName, Kernel.AtNoFollow, out status);
    }

    /// <summary>The bytes of a small file, at most 64 KiB; null where there is none.</summary>
    public byte[]? ReadFile(ReadOnlySpan<byte> terminatedName)
    {
        using var lent = Lend();
        var number = Kernel.OpenAt(lent.Number, terminatedName, Kernel.ReadOnly | Kernel.NoFollow);
        if (!Errno.IsThere(number, Subject))
        {
            return null;
        }

        using var file = new Descriptor(number);
        var bytes = new byte[64 << 10];
        return bytes[..Errno.Check((int)Kernel.Read(number, bytes, 0), Subject)];
    }

    /// <summary>Writes a small file that is only ever replaced whole.</summary>
    public void WriteFile(ReadOnlySpan<byte> terminatedName, ReadOnlySpan<byte> content, bool sync)
    {
        using var lent = Lend();
        var draft = WriteDraft(content, sync, out _);
        var result = Kernel.Rename(lent.Number, draft, lent.Number, terminatedName);
        if (result < 0)
        {
            Kernel.Unlink(lent.Number, draft);
            throw Errno.Exception(result, Subject);
        }

        Sync(sync);
    }

    /// <summary>Writes what is to replace a small file under a name of its own.</summary>
    public byte[] WriteDraft(ReadOnlySpan<byte> content, bool sync, out FileIdentity identity)
    {
        using var lent = Lend();
        var draft = NewName();
        var number = Kernel.OpenAt(lent.Number, draft, Kernel.ReadWrite | Kernel.Create | Kernel.Exclusive, 0x180);
        using var file = new Descriptor(Errno.Check(number, Subject));
        var status = default(Status);
        var written = Kernel.Write(number, content, 0);
        var result = written == content.Length ? (sync ? Kernel.SyncData(number) : 0) : (int)Math.Min(written, -Errno.NoSpace);
        result = result < 0 ? result : Kernel.Stat(number, out status);
        if (result < 0)
        {
            Kernel.Unlink(lent.Number, draft);
            throw Errno.Exception(result, Subject);
        }

        identity = status.Identity;
        return draft;
    }

    /// <summary>Makes the folder's names last, where they must.</summary>
    public void Sync(bool sync)
    {
        if (sync)
        {
            using var lent = Lend();
            Errno.Check(Kernel.Sync(lent.Number), Subject);
        }
    }

    /// <summary>A name for work of this process.</summary>
    public byte[] NewName(char kind = 'w') => Encoding.ASCII.GetBytes($"{kind}.{_token}.{Interlocked.Increment(ref _last):x}\0");

    /// <summary>True for <c>w.</c> and <c>t.</c> names whose process is gone.</summary>
    public bool IsOrphan(ReadOnlySpan<byte> name)
    {
        var text = Encoding.ASCII.GetString(name).Split('.');
        if (text is not [_, var token, _] || token == _token)
        {
            return false;
        }

        using var file = Descriptor.Lend(_lockFile);
        return int.TryParse(token, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var at) && !Kernel.IsLocked(file.Number, at);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _lockFile.Dispose();
    }
}
