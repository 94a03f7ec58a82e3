using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Client;

/// <summary>
/// An open local folder. Names are one component each, bytes as the disk has them, and are used relative to the folder itself, so that
/// nothing that happens to its path, and no link in the place of a name, leads anywhere else.
/// </summary>
internal sealed class LocalFolder : IDisposable
{
    private static readonly byte[] Here = [(byte)'.', 0];
    private readonly SafeFileHandle _handle;
    private volatile bool _needsNames;

    private LocalFolder(int number) => _handle = new SafeFileHandle(number, ownsHandle: true);

    public FileFacts Facts
    {
        get
        {
            Check(Posix.Stat(_handle, out var facts), "The folder"u8);
            return facts;
        }
    }

    /// <summary>Opens a folder by a path that the user gave; links in it are followed.</summary>
    /// <exception cref="IOException">There is none, or it may not be read.</exception>
    public static LocalFolder Open(string path)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Downloads and folders need Linux.");
        var number = Posix.Open(path, Posix.ReadOnly | Posix.Folder);
        return number >= 0 ? new LocalFolder(number) : throw Failure(number, Terminal.Escape(path));
    }

    /// <summary>Opens a folder in this one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="follow">True to go where a link leads.</param>
    /// <exception cref="IOException">It is none, is a link, or may not be read.</exception>
    public LocalFolder OpenFolder(ReadOnlyMemory<byte> name, bool follow = false)
    {
        var number = Posix.Open(_handle, Terminated(name), Posix.ReadOnly | Posix.Folder | (follow ? 0 : Posix.NoFollow));
        if (number == Posix.NotAFolder && Find(name) is { Kind: EntryKind.Link })
            throw new IOException($"“{Terminal.Escape(name.Span)}” is a link here, which is not followed; remove it first.");
        return new LocalFolder(Check(number, name.Span));
    }

    /// <summary>Opens a folder in this one, made where it is missing; true where it is new.</summary>
    /// <exception cref="IOException">Something else has the name, or the folder may not be made.</exception>
    public (LocalFolder Folder, bool IsNew) MakeFolder(ReadOnlyMemory<byte> name)
    {
        var result = Posix.MakeFolder(_handle, Terminated(name));
        if (result != Posix.Exists)
            Check(result, name.Span);
        return (OpenFolder(name), result != Posix.Exists);
    }

    /// <summary>What has a name here; null where nothing has.</summary>
    public FileFacts? Find(ReadOnlyMemory<byte> name, bool follow = false)
    {
        var result = Posix.Stat(_handle, Terminated(name), follow, out var facts);
        return result == Posix.NotFound ? null : Check(result, name.Span) == 0 ? facts : null;
    }

    /// <summary>
    /// Opens a regular file for reading; null where nothing has the name. A pipe or device that has taken its place is not waited for, and refused.
    /// </summary>
    public SafeFileHandle? OpenFile(ReadOnlyMemory<byte> name, out FileFacts facts, bool follow = false)
    {
        facts = default;
        var number = Posix.Open(_handle, Terminated(name), Posix.ReadOnly | Posix.NonBlocking | (follow ? 0 : Posix.NoFollow));
        if (number == Posix.NotFound)
            return null;
        var file = new SafeFileHandle(Check(number, name.Span), ownsHandle: true);
        if (Posix.Stat(file, out facts) == 0 && facts.Kind == EntryKind.File)
            return file;
        file.Dispose();
        throw new IOException($"“{Terminal.Escape(name.Span)}” is no regular file.");
    }

    /// <summary>Makes a file that only its owner can read; null where the name is taken.</summary>
    public SafeFileHandle? CreateFile(ReadOnlyMemory<byte> name)
    {
        var number = Posix.Open(_handle, Terminated(name), Posix.ReadWrite | Posix.Create | Posix.Exclusive | Posix.NoFollow, 0x180);
        return number == Posix.Exists ? null : new SafeFileHandle(Check(number, name.Span), ownsHandle: true);
    }

    /// <summary>
    /// Makes a file that has no name before it has all else, so that nothing is left of it whatever happens meanwhile. False where the name is
    /// taken, or the disk cannot do so.
    /// </summary>
    public bool TryCreateFile(ReadOnlyMemory<byte> name, ReadOnlySpan<byte> content, UnixFileMode mode, DateTimeOffset modified)
    {
        var number = _needsNames ? Posix.NotFound : Posix.Open(_handle, Here, Posix.WriteOnly | Posix.Unnamed, (int)mode);
        if (number < 0)
        {
            _needsNames = true;
            return false;
        }

        using var file = new SafeFileHandle(number, ownsHandle: true);
        while (!content.IsEmpty)
            content = content[Check(Posix.Write(file, content), name.Span)..];
        Check(Posix.SetModified(file, modified), name.Span);
        var result = Posix.Link(file, _handle, Terminated(name));
        _needsNames = result < 0 && result != Posix.Exists;
        return result >= 0;
    }

    /// <summary>Opens a file that <see cref="CreateFile"/> made before; null where it is not this user's own and private.</summary>
    public SafeFileHandle? ReopenFile(ReadOnlyMemory<byte> name)
    {
        var number = Posix.Open(_handle, Terminated(name), Posix.ReadWrite | Posix.NoFollow | Posix.NonBlocking);
        if (number < 0)
            return null;
        var file = new SafeFileHandle(number, ownsHandle: true);
        if (Posix.Stat(file, out var facts) == 0 && facts is { Kind: EntryKind.File, Links: 1 } && facts.Owner == Posix.User
            && ((int)facts.Mode & 0x3f) == 0)
            return file;
        file.Dispose();
        return null;
    }

    /// <summary>Gives a file another name here; false where that is taken and may not be replaced.</summary>
    public bool Rename(ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> to, bool overwrite)
    {
        var result = Posix.Rename(_handle, Terminated(from), Terminated(to), overwrite ? 0 : Posix.NoReplace);
        if (result == Posix.Exists && !overwrite)
            return false;
        Check(result, to.Span);
        return true;
    }

    /// <summary>Removes a file or link, if it is there.</summary>
    public void Remove(ReadOnlyMemory<byte> name) => Posix.Remove(_handle, Terminated(name));

    public byte[] ReadLink(ReadOnlyMemory<byte> name)
    {
        var target = new byte[4096];
        return target[..Check(Posix.ReadLink(_handle, Terminated(name), target), name.Span)];
    }

    /// <summary>Makes a link; false where the name is taken.</summary>
    public bool MakeLink(ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> target)
    {
        var result = Posix.MakeLink(Terminated(target), _handle, Terminated(name));
        return result != Posix.Exists && Check(result, name.Span) == 0;
    }

    public void SetModified(DateTimeOffset modified) => Check(Posix.SetModified(_handle, modified), "The folder"u8);

    /// <summary>
    /// The names in it, in the disk's order and in bounded memory, however many there are, and whether each is known to be a file's: disks need not
    /// say, and what has the name may change. Once.
    /// </summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public IEnumerable<(byte[] Name, bool IsFile)> ReadNames()
    {
        // struct linux_dirent64: u64 inode, i64 cookie, u16 record length, u8 type, name with NUL.
        const int lengthAt = 16, typeAt = 18, nameAt = 19;
        const byte regular = 8;
        var buffer = new byte[32 * 1024];
        int filled;
        while ((filled = Posix.ReadEntries(_handle, buffer)) > 0)
        {
            for (var at = 0; at < filled; at += MemoryMarshal.Read<ushort>(buffer.AsSpan(at + lengthAt)))
            {
                var rest = buffer.AsSpan(at + nameAt);
                var name = rest[..rest.IndexOf((byte)0)].ToArray();
                if (name is not ([(byte)'.'] or [(byte)'.', (byte)'.']))
                    yield return (name, buffer[at + typeAt] == regular);
            }
        }

        // One that was removed meanwhile has no more names.
        if (filled != Posix.NotFound)
            Check(filled, "The folder"u8);
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>What a negated errno means, said of a name that is safe to show.</summary>
    internal static IOException Failure(int errno, string subject) => new($"“{subject}”: {Marshal.GetPInvokeErrorMessage(-errno)}.");

    private static byte[] Terminated(ReadOnlyMemory<byte> name) => [.. name.Span, 0];

    private static int Check(int result, ReadOnlySpan<byte> name) => result >= 0 ? result : throw Failure(result, Terminal.Escape(name));
}
