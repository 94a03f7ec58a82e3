using System.Buffers;
using System.Buffers.Binary;

namespace Argosy.Wire;

/// <summary>
/// One of many files in a body (docs/protocol.md section 7):
/// <code>
/// offset  size  little-endian
///      0     4  CRC-32C of all that follows of the record
///      4     4  s, bytes of content
///      8     8  a file's mtime, microseconds since 1970-01-01 UTC, or -2^63 for none; of anything else the number of the file that it is about
///     16     2  permission bits, 0 to 0o7777; or what the record is: ff ff a file without them, fe ff a failure, fd ff another name
///     18     2  n, bytes of name
///     20     n  the file's name; of a failure the error's
/// 20 + n     s  the file's content; of a failure a sentence for people
/// </code>
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The name's bytes; of a failure the error's name.</param>
/// <param name="Content">The file's content; of a failure the sentence.</param>
/// <param name="MTime">Of a file, microseconds since 1970-01-01 UTC, or null.</param>
/// <param name="Mode">Of a file, permission bits, or null.</param>
/// <param name="Number">Of anything else, which file it is about: the first one is 0.</param>
public readonly record struct PackRecord(
    PackKind Kind, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Content, long? MTime = null, int? Mode = null, long Number = 0)
{
    /// <summary>Bytes before the name.</summary>
    public const int HeadSize = 20;

    private const int SizeAt = 4, TimeAt = 8, ModeAt = 16, NameSizeAt = 18;
    private const ushort NoMode = 0xffff, Failure = 0xfffe, Renamed = 0xfffd, MostMode = 0xfff;
    private const long NoTime = long.MinValue;

    /// <summary>Bytes of the whole record.</summary>
    public int Length => HeadSize + Name.Length + Content.Length;

    /// <summary>Writes the whole record.</summary>
    /// <param name="output">Gets it.</param>
    public void WriteTo(IBufferWriter<byte> output)
    {
        var room = output.GetSpan(Length)[..Length];
        Name.Span.CopyTo(room[HeadSize..]);
        Content.Span.CopyTo(room[(HeadSize + Name.Length)..]);
        WriteHead(room, Kind, Name.Length, Content.Length, MTime, Mode, Number);
        output.Advance(Length);
    }

    /// <summary>Writes the head of a file's record whose name and content stand behind it already.</summary>
    /// <param name="record">All of it.</param>
    /// <param name="nameLength">Bytes of name.</param>
    /// <param name="mtime">Its time.</param>
    /// <param name="mode">Its permission bits.</param>
    public static void Complete(Span<byte> record, int nameLength, long? mtime, int? mode) =>
        WriteHead(record, PackKind.File, nameLength, record.Length - HeadSize - nameLength, mtime, mode, 0);

    /// <summary>Reads the head of a record: how long the record is. Nothing of it is right before <see cref="TryRead"/> says so.</summary>
    /// <param name="bytes">What has come of it.</param>
    /// <param name="length">Bytes of the whole record.</param>
    /// <returns>False while the head is not complete, or where it is none.</returns>
    /// <exception cref="WireException">It is longer than a record may be: <see cref="WireError.Mismatch"/>.</exception>
    public static bool TryReadLength(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length < HeadSize)
            return false;
        var size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[SizeAt..]);
        var name = BinaryPrimitives.ReadUInt16LittleEndian(bytes[NameSizeAt..]);
        if (size > Limits.PackedFile || name > Limits.PackedName)
            throw new WireException(WireError.Mismatch, PackText.TooLong);
        length = HeadSize + name + (int)size;
        return true;
    }

    /// <summary>Reads a record that is here whole; its name and content lie where they were.</summary>
    /// <param name="bytes">The record, or more.</param>
    /// <param name="record">It.</param>
    /// <returns>False where there is none, or less than one.</returns>
    /// <exception cref="WireException">It is not what was sent: <see cref="WireError.Mismatch"/>.</exception>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out PackRecord record)
    {
        record = default;
        if (!TryReadLength(bytes.Span, out var length) || bytes.Length < length)
            return false;
        var span = bytes.Span[..length];
        if (Crc32C.Of(span[SizeAt..]) != BinaryPrimitives.ReadUInt32LittleEndian(span))
            throw new WireException(WireError.Mismatch, PackText.WrongSum);
        var name = BinaryPrimitives.ReadUInt16LittleEndian(span[NameSizeAt..]);
        var mode = BinaryPrimitives.ReadUInt16LittleEndian(span[ModeAt..]);
        var time = BinaryPrimitives.ReadInt64LittleEndian(span[TimeAt..]);
        var kind = mode switch
        {
            <= MostMode or NoMode => PackKind.File,
            Failure => PackKind.Failure,
            Renamed => PackKind.Renamed,
            _ => throw new WireException(WireError.Mismatch, PackText.Unknown),
        };
        if (kind == PackKind.File && time != NoTime && time is < -Limits.Number or > Limits.Number)
            throw new WireException(WireError.Mismatch, PackText.Unknown);
        record = new PackRecord(
            kind,
            bytes.Slice(HeadSize, name),
            bytes[(HeadSize + name)..length],
            kind == PackKind.File && time != NoTime ? time : null,
            mode <= MostMode ? mode : null,
            kind == PackKind.File ? 0 : time);
        return true;
    }

    private static void WriteHead(Span<byte> record, PackKind kind, int name, int size, long? mtime, int? mode, long number)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record[SizeAt..], (uint)size);
        BinaryPrimitives.WriteInt64LittleEndian(record[TimeAt..], kind == PackKind.File ? mtime ?? NoTime : number);
        BinaryPrimitives.WriteUInt16LittleEndian(record[ModeAt..], kind switch
        {
            PackKind.Failure => Failure,
            PackKind.Renamed => Renamed,
            _ => (ushort?)mode ?? NoMode,
        });
        BinaryPrimitives.WriteUInt16LittleEndian(record[NameSizeAt..], checked((ushort)name));
        BinaryPrimitives.WriteUInt32LittleEndian(record, Crc32C.Of(record[SizeAt..]));
    }
}

/// <summary>What a record of a body of many files is.</summary>
public enum PackKind
{
    /// <summary>A file.</summary>
    File,

    /// <summary>Why a file was not stored, or does not come.</summary>
    Failure,

    /// <summary>The name under which a file was stored, where it is not the one that was asked for.</summary>
    Renamed,
}
