using System.Buffers;

namespace Argosy.Wire;

/// <summary>One line of the body of <c>ls</c>, <c>uploads</c> or <c>blocks</c> (docs/protocol.md section 4): a JSON object and a newline.
/// Absent values are null.</summary>
public sealed class ListLine
{
    /// <summary>A line to be filled by its initializers.</summary>
    public ListLine()
    {
    }

    private ListLine(ref HeaderReader reader)
    {
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case Field.Name: Name = reader.Name(); break;
                case Field.NameB64: Name = reader.NameBase64(); break;
                case Field.Upload: Upload = reader.Text(); break;
                case Field.Path: Path = reader.Name(); break;
                case Field.PathB64: Path = reader.NameBase64(); break;
                case Field.Type: Type = Words.Type(ref reader); break;
                case Field.Size: Size = reader.Number(); break;
                case Field.Offset: Offset = reader.Number(); break;
                case Field.Hash: Hash = reader.Text(); break;
                case Field.Received: Received = reader.Number(); break;
                case Field.Mtime: MTime = reader.Number(-Limits.Number); break;
                case Field.Mode: Mode = reader.Int32(0, 0xfff); break;
                case Field.Target: Target = reader.Name(); break;
                case Field.TargetB64: Target = reader.NameBase64(); break;
                default: reader.Skip(); break;
            }
        }

        reader.RefuseBoth(Field.Name, Field.NameB64);
        reader.RefuseBoth(Field.Path, Field.PathB64);
        reader.RefuseBoth(Field.Target, Field.TargetB64);
    }

    /// <summary><c>name</c> or <c>name_b64</c>, as bytes (<c>ls</c>). A hostile server can say anything here, <c>../x</c>
    /// too.</summary>
    public byte[]? Name { get; init; }

    /// <summary>The upload's id (<c>uploads</c>).</summary>
    public string? Upload { get; init; }

    /// <summary><c>path</c> or <c>path_b64</c>, as bytes (<c>uploads</c>).</summary>
    public byte[]? Path { get; init; }

    /// <summary>What the entry is.</summary>
    public EntryType? Type { get; init; }

    /// <summary>The whole file's size in bytes; a block's (<c>blocks</c>).</summary>
    public long? Size { get; init; }

    /// <summary>How many bytes of the upload came (<c>uploads</c>).</summary>
    public long? Received { get; init; }

    /// <summary>Where the block begins (<c>blocks</c>).</summary>
    public long? Offset { get; init; }

    /// <summary>The block's sum, in lower-case hexadecimal (<c>blocks</c>).</summary>
    public string? Hash { get; init; }

    /// <summary>Microseconds since 1970-01-01 UTC; may be negative.</summary>
    public long? MTime { get; init; }

    /// <summary>Permission bits, 0 to 0o7777.</summary>
    public int? Mode { get; init; }

    /// <summary>Where a link points, as bytes.</summary>
    public byte[]? Target { get; init; }

    /// <summary>Writes the line, newline included.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        var line = HeaderWriter.Begin();
        line.Name("name"u8, "name_b64"u8, Name);
        line.Text("upload"u8, Upload);
        line.Name("path"u8, "path_b64"u8, Path);
        line.Text("type"u8, Words.Of(Type));
        line.Number("offset"u8, Offset);
        line.Number("size"u8, Size);
        line.Number("received"u8, Received);
        line.Number("mtime"u8, MTime);
        line.Number("mode"u8, Mode);
        line.Name("target"u8, "target_b64"u8, Target);
        line.Text("hash"u8, Hash);
        line.EndLine(output);
    }

    /// <summary>Understands one line, given without its newline.</summary>
    /// <exception cref="WireException">It is not such an object: <see cref="WireError.BadFrame"/>.</exception>
    public static ListLine Decode(ReadOnlySpan<byte> line) => HeaderReader.Decode(line, isSealed: false, static (ref reader) =>
    {
        var decoded = new ListLine(ref reader);
        return reader.Fault is null ? decoded : throw HeaderReader.BadFrame(reader.Fault.Message);
    });
}
