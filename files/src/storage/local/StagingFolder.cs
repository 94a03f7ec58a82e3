using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>
/// Where one home's uploads wait and its removed things go: a 0700 folder that no path reaches and no listing shows. Its names:
/// <c>w.TOKEN.N</c> work that dies with the process that holds the token's lock, <c>t.TOKEN.N</c> a removed folder that is not yet
/// counted down, <c>u.HASH</c> an unfinished upload, <c>a.HASH</c> what is known about it, <c>lock</c>.
/// </summary>
internal sealed class StagingFolder : IDisposable
{
    /// <summary>Names that begin so belong to the server, in every folder of every home.</summary>
    public static ReadOnlySpan<byte> Reserved => ".argosy-staging"u8;

    private readonly SafeFileHandle _folder;
    private readonly SafeFileHandle _lockFile;
    private readonly string _token;
    private long _last;

    private StagingFolder(SafeFileHandle folder, SafeFileHandle lockFile)
    {
        (_folder, _lockFile) = (folder, lockFile);
        HomeLock = new HomeLock(lockFile);
        Sweeping = new HomeTurn(lockFile, 1);
        var token = RandomNumberGenerator.GetInt32(2, int.MaxValue);
        _token = token.ToString("x", CultureInfo.InvariantCulture);
        using var file = Descriptor.Lend(lockFile);
        Errno.Check(Kernel.Lock(file.Number, token), "The staging folder");
    }

    public HomeLock HomeLock { get; }

    public HomeTurn Sweeping { get; }

    public static bool IsReserved(ReadOnlySpan<byte> name) => name.StartsWith(Reserved);

    /// <summary>Whether a path names something reserved at any level.</summary>
    public static bool IsReserved(RemotePath path)
    {
        var bytes = path.Bytes.Span;
        return IsReserved(bytes) || bytes.IndexOf("/.argosy-staging"u8) >= 0;
    }

    /// <summary>Opens or makes the folder <paramref name="terminatedName"/> in <paramref name="parent"/>.</summary>
    public static StagingFolder Open(int parent, ReadOnlySpan<byte> terminatedName)
    {
        const string Subject = "The staging folder";
        var folder = OpenPrivate(parent, terminatedName);
        try
        {
            using var lent = Descriptor.Lend(folder);
            var file = Errno.Check(Kernel.OpenAt(lent.Number, "lock\0"u8, Kernel.ReadWrite | Kernel.Create | Kernel.NoFollow, 0x180), Subject);
            return new StagingFolder(folder, new(file, ownsHandle: true));
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
        const string Subject = "The staging folder";
        var made = Kernel.MakeFolder(parent, terminatedName, 0x1c0);
        if (made != -Errno.Exists)
        {
            Errno.Check(made, Subject);
        }

        var number = Errno.Check(Kernel.OpenAt(parent, terminatedName, Kernel.ReadOnly | Kernel.Directory | Kernel.NoFollow), Subject);
        var folder = new SafeFileHandle(number, ownsHandle: true);

        // Only its owner may change the mode: a folder that somebody else put there is not taken.
        var result = Kernel.Stat(number, out var status);
        if (result >= 0 && (status.TypeAndMode & 0xfff) != 0x1c0)
        {
            result = Kernel.Chmod(number, 0x1c0);
        }

        if (result < 0 || status.Owner != Kernel.User)
        {
            folder.Dispose();
            throw new FileException(FileError.Storage, "The staging folder belongs to somebody else; ask the operator to remove it.");
        }

        return folder;
    }

    public Descriptor Lend() => Descriptor.Lend(_folder);

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
