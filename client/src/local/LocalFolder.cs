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

    private LocalFolder(int number, string place) => (_handle, Place) = (new SafeFileHandle(number, ownsHandle: true), place);

    /// <summary>Where it is, as it was said; for messages.</summary>
    public string Place { get; }

    public FileFacts Facts
    {
        get
        {
            Check(Posix.Stat(_handle, out var facts), isWritten: false);
            return facts;
        }
    }

    /// <summary>Opens a folder by a path that the user gave; links in it are followed.</summary>
    /// <exception cref="LocalFileException">There is none, or it may not be read.</exception>
    public static LocalFolder Open(string path)
    {
        RequireLinux();
        var number = Posix.Open([.. LocalPath.Bytes(path), 0], Posix.ReadOnly | Posix.Folder);
        return number >= 0 ? new LocalFolder(number, path) : throw Unopened(number, path);
    }

    /// <summary>Opens a folder by a path, and makes those of it that are missing, for their owner alone.</summary>
    /// <exception cref="LocalFileException">It cannot be made or read.</exception>
    public static LocalFolder Make(string path)
    {
        RequireLinux();
        path = path.Length > 1 ? path.TrimEnd('/') : path;
        var number = Posix.Open([.. LocalPath.Bytes(path), 0], Posix.ReadOnly | Posix.Folder);
        if (number != Posix.NotFound || LocalPath.Name(path) is "" or "." or "..")
            return number >= 0 ? new LocalFolder(number, path) : throw Unopened(number, path);
        using var parent = Make(LocalPath.Folder(path));
        return parent.MakeFolder(LocalPath.Bytes(LocalPath.Name(path)), follow: true).Folder;
    }

    /// <summary>True where the folder is procfs's: what is in it is not what its names say.</summary>
    public bool IsOfProcesses => Posix.IsProcess(_handle);

    /// <summary>Opens the folder to which words lead from here, links followed.</summary>
    public LocalFolder OpenWay(ReadOnlyMemory<byte> words)
    {
        var place = words.Span is [(byte)'/', ..] ? ByteText.OfBytes(words.Span) : LocalPath.Join(Place, words.Span);
        var number = Posix.Open(_handle, Terminated(words), Posix.ReadOnly | Posix.Folder);
        return number >= 0 ? new LocalFolder(number, place) : throw Unopened(number, place);
    }

    /// <summary>Opens a folder in this one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="follow">True to go where a link leads.</param>
    /// <exception cref="LocalFileException">It is none, is a link, or may not be read.</exception>
    public LocalFolder OpenFolder(ReadOnlyMemory<byte> name, bool follow = false)
    {
        var number = Posix.Open(_handle, Terminated(name), Posix.ReadOnly | Posix.Folder | (follow ? 0 : Posix.NoFollow));
        if (number == Posix.NotAFolder && Find(name) is { Kind: EntryKind.Link })
            throw new LocalFileException(LocalFault.Link, PlaceOf(name), "is a link here, which is not followed; remove it first");
        return number >= 0 ? new LocalFolder(number, PlaceOf(name)) : throw Unopened(number, PlaceOf(name));
    }

    /// <summary>Opens a folder in this one, made where it is missing; true where it is new.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="mode">
    /// How open a new one is, less what the umask denies: from its first moment, so that whoever is killed leaves none too open or too closed. Its owner has
    /// all rights in it, so that a repeated call can go on there.
    /// </param>
    /// <param name="follow">True to go where a link leads.</param>
    /// <exception cref="LocalFileException">Something else has the name, or the folder may not be made.</exception>
    public (LocalFolder Folder, bool IsNew) MakeFolder(ReadOnlyMemory<byte> name, UnixFileMode mode = default, bool follow = false)
    {
        const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, all = (UnixFileMode)0x1ff;
        var result = Posix.MakeFolder(_handle, Terminated(name), (int)((mode & all) | own));
        if (result != Posix.Exists)
            CheckNew(result, name);
        return (OpenFolder(name, follow), result != Posix.Exists);
    }

    /// <summary>Removes a folder in this one if it is empty.</summary>
    public void RemoveFolder(ReadOnlyMemory<byte> name) => Posix.RemoveFolder(_handle, Terminated(name));

    /// <summary>What has a name here; null where nothing has.</summary>
    public FileFacts? Find(ReadOnlyMemory<byte> name, bool follow = false)
    {
        var result = Posix.Stat(_handle, Terminated(name), follow, out var facts);
        return result == Posix.NotFound ? null : Check(result, name, isWritten: false) == 0 ? facts : null;
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
        var file = new SafeFileHandle(Check(number, name, isWritten: false), ownsHandle: true);
        if (Posix.Stat(file, out facts) == 0 && facts.Kind == EntryKind.File)
            return file;
        file.Dispose();
        throw new LocalFileException(LocalFault.NotAFile, PlaceOf(name), "is no regular file");
    }

    /// <summary>Opens whatever has a name, without waiting for anybody at its other end; a negated errno where that cannot be.</summary>
    public int TryOpen(ReadOnlyMemory<byte> name, int flags) => Posix.Open(_handle, Terminated(name), flags | Posix.NonBlocking);

    /// <summary>Makes a file that only its owner can read; null where the name is taken.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="meant">What it is for: the name that is said where it cannot be made.</param>
    public SafeFileHandle? CreateFile(ReadOnlyMemory<byte> name, ReadOnlyMemory<byte>? meant = null)
    {
        var number = Posix.Open(_handle, Terminated(name), Posix.ReadWrite | Posix.Create | Posix.Exclusive | Posix.NoFollow, 0x180);
        return number == Posix.Exists ? null : new SafeFileHandle(CheckNew(number, meant ?? name), ownsHandle: true);
    }

    /// <summary>Opens a file that only its owner can read, made where it is missing.</summary>
    /// <exception cref="LocalFileException">It cannot be made, or is a link.</exception>
    public SafeFileHandle OpenOrCreateFile(ReadOnlyMemory<byte> name) => new(
        CheckNew(Posix.Open(_handle, Terminated(name), Posix.ReadWrite | Posix.Create | Posix.NoFollow | Posix.NonBlocking, 0x180), name), ownsHandle: true);

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
            content = content[Check(Posix.Write(file, content), name, isWritten: true)..];
        Check(Posix.SetModified(file, modified), name, isWritten: true);
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
        Check(result, to, isWritten: true);
        return true;
    }

    /// <summary>Removes a file or link, if it is there.</summary>
    public void Remove(ReadOnlyMemory<byte> name) => Posix.Remove(_handle, Terminated(name));

    public byte[] ReadLink(ReadOnlyMemory<byte> name)
    {
        var target = new byte[4096];
        return target[..Check(Posix.ReadLink(_handle, Terminated(name), target), name, isWritten: false)];
    }

    /// <summary>Makes a link; false where the name is taken.</summary>
    public bool MakeLink(ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> target)
    {
        var result = Posix.MakeLink(Terminated(target), _handle, Terminated(name));
        return result != Posix.Exists && CheckNew(result, name) == 0;
    }

    public void SetModified(DateTimeOffset modified) => Check(Posix.SetModified(_handle, modified), isWritten: true);

    /// <summary>
    /// The names in it, in the disk's order and in bounded memory, however many there are, and whether each is known to be a file's: disks need not
    /// say, and what has the name may change. Once.
    /// </summary>
    /// <exception cref="LocalFileException">It cannot be read.</exception>
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
            Check(filled, isWritten: false);
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>A name in it, for messages.</summary>
    public string PlaceOf(ReadOnlyMemory<byte> name) => LocalPath.Join(Place, name.Span);

    private static byte[] Terminated(ReadOnlyMemory<byte> name) => [.. name.Span, 0];

    private static void RequireLinux()
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Local files need Linux.");
    }

    private static LocalFileException Unopened(int result, string place) => result == Posix.NotFound
        ? new LocalFileException(LocalFault.NotFound, place, "no such folder")
        : LocalErrors.Make(-result, place, isWritten: false);

    private int Check(int result, bool isWritten) => result >= 0 ? result : throw LocalErrors.Make(-result, Place, isWritten);

    private int Check(int result, ReadOnlyMemory<byte> name, bool isWritten) =>
        result >= 0 ? result : throw LocalErrors.Make(-result, PlaceOf(name), isWritten);

    // Whether something new may be made is the folder's business: it is what somebody has to look at.
    private int CheckNew(int result, ReadOnlyMemory<byte> name)
    {
        if (result >= 0)
            return result;
        var failure = LocalErrors.Make(-result, PlaceOf(name), isWritten: true);
        throw failure.Fault is LocalFault.NotPermitted or LocalFault.NotFound
            ? LocalErrors.Make(-result, Place is "" or "." ? LocalPath.Full(".") : Place, isWritten: true)
            : failure;
    }
}
