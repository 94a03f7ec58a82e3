namespace Argosy.Wire;

/// <summary>What only the end of a chunked body could tell (docs/protocol.md section 1.1). Absent values are null.</summary>
public sealed class Trailer : IMessage<Trailer>
{
    /// <summary>A trailer to be filled by its initializers.</summary>
    public Trailer()
    {
    }

    private Trailer(ref HeaderReader reader)
    {
        var id = default(long?);
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case Field.Id: id = reader.Number(); break;
                case Field.Body: throw HeaderReader.BadFrame(HeaderText.TrailerWithBody);
                case Field.Crc32c: Crc32C = reader.Crc32C(); break;
                case Field.Md5: Md5 = reader.Digest(16); break;
                case Field.Sha256: Sha256 = reader.Digest(32); break;
                case Field.Mtime: MTime = reader.Number(-Limits.Number); break;
                case Field.Mode: Mode = reader.Int32(0, 0xfff); break;
                case Field.Count: Count = reader.Number(); break;
                default: reader.Skip(); break;
            }
        }

        Id = id;
        Fault = reader.Fault;
    }

    /// <summary>The same as the header's.</summary>
    public long? Id { get; init; }

    /// <summary>Nothing: a trailer has no body.</summary>
    public Body Body => Body.None;

    /// <summary>Decoded trailers only: the first value of the wrong type or out of range. Publish nothing, answer this error, go
    /// on.</summary>
    public WireException? Fault { get; private init; }

    /// <summary>The CRC-32C of the body's content, without the chunks' lengths.</summary>
    public uint? Crc32C { get; init; }

    /// <summary>The whole file's MD5, 16 bytes.</summary>
    public byte[]? Md5 { get; init; }

    /// <summary>The whole file's SHA-256, 32 bytes.</summary>
    public byte[]? Sha256 { get; init; }

    /// <summary>Microseconds since 1970-01-01 UTC; may be negative. Goes before the header's.</summary>
    public long? MTime { get; init; }

    /// <summary>Permission bits, 0 to 0o7777. Goes before the header's.</summary>
    public int? Mode { get; init; }

    /// <summary>How many lines the listing had.</summary>
    public long? Count { get; init; }

    bool IMessage.MayBeUnsealed => false;

    static bool IMessage<Trailer>.IsAnswered => true;

    static Trailer IMessage<Trailer>.Decode(ReadOnlySpan<byte> header, bool isSealed) =>
        HeaderReader.Decode(header, isSealed, static (ref reader) => new Trailer(ref reader));

    void IMessage.WriteTo(HeaderWriter header)
    {
        header.Number("id"u8, Id);
        header.Number("count"u8, Count);
        header.Number("mtime"u8, MTime);
        header.Number("mode"u8, Mode);
        header.Crc32C("crc32c"u8, Crc32C);
        header.Digest("md5"u8, Md5);
        header.Digest("sha256"u8, Sha256);
    }
}
