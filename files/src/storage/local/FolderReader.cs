using System.Buffers;
using System.Buffers.Binary;

namespace Argosy.Files;

/// <summary>Reads a folder's names in batches from the kernel (getdents64(2)), in bounded memory whatever the folder's size.</summary>
internal sealed class FolderReader : IDisposable
{
    // struct linux_dirent64: u64 inode, i64 cookie, u16 record length, u8 type, name with NUL.
    private const int CookieAt = 8, LengthAt = 16, TypeAt = 18, NameAt = 19;
    private const byte FolderType = 4, UnknownType = 0;

    private readonly int _folder;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(32 << 10);
    private int _at;
    private int _filled;

    private FolderReader(int folder) => _folder = folder;

    /// <summary>The folder that is read, for *at calls.</summary>
    public int Folder => _folder;

    /// <summary>The current name with its final NUL; until the next <see cref="Next"/>.</summary>
    public ReadOnlySpan<byte> TerminatedName => _buffer.AsSpan(_at + NameAt, Name.Length + 1);

    /// <summary>The current name.</summary>
    public ReadOnlySpan<byte> Name
    {
        get
        {
            var rest = _buffer.AsSpan(_at + NameAt);
            return rest[..rest.IndexOf((byte)0)];
        }
    }

    /// <summary>Where the next name begins, for <see cref="SeekTo"/>.</summary>
    public long Cookie => BinaryPrimitives.ReadInt64LittleEndian(_buffer.AsSpan(_at + CookieAt));

    /// <summary>The current entry may be a folder: some disks do not say.</summary>
    public bool MayBeFolder => _buffer[_at + TypeAt] is FolderType or UnknownType;

    /// <summary>Opens a folder by an O_PATH descriptor of itself.</summary>
    public static FolderReader Open(int folder, string subject) =>
        new(Errno.Check(Kernel.OpenAt(folder, ".\0"u8, Kernel.ReadOnly | Kernel.Directory), subject));

    /// <summary>Opens a folder's entry without following links; null and the negated errno where that fails.</summary>
    public static FolderReader? TryOpen(int folder, ReadOnlySpan<byte> terminatedName, out int result)
    {
        result = Kernel.OpenAt(folder, terminatedName, Kernel.ReadOnly | Kernel.Directory | Kernel.NoFollow);
        return result < 0 ? null : new(result);
    }

    /// <summary>Steps to the next entry, without <c>.</c> and <c>..</c>.</summary>
    public bool Next()
    {
        do
        {
            _at += _filled == 0 ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(_buffer.AsSpan(_at + LengthAt));
            if (_at >= _filled && !Fill())
            {
                return false;
            }
        }
        while (Name.SequenceEqual("."u8) || Name.SequenceEqual(".."u8));

        return true;
    }

    /// <summary>Goes on reading where a cookie says.</summary>
    public void SeekTo(long cookie)
    {
        Errno.Check((int)Math.Min(0, Kernel.Seek(_folder, cookie)), "The folder");
        (_at, _filled) = (0, 0);
    }

    public void Dispose()
    {
        Kernel.Close(_folder);
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    private bool Fill()
    {
        var result = Kernel.ReadEntries(_folder, _buffer);

        // A folder that was removed while it is read has no more entries (ENOENT).
        (_at, _filled) = (0, result == -Errno.NotFound ? 0 : Errno.Check(result, "The folder"));
        return _filled > 0;
    }
}
