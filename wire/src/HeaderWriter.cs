using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Argosy.Wire;

/// <summary>Writes one JSON object, member by member, and then the frame around it. Absent values (null) are not written. One
/// per thread, reused.</summary>
internal sealed class HeaderWriter
{
    [ThreadStatic]
    private static HeaderWriter? _current;

    private readonly ArrayBufferWriter<byte> _text = new(512);
    private readonly Utf8JsonWriter _json;

    private HeaderWriter() => _json = new Utf8JsonWriter(
        _text,
        new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>An empty object on the calling thread's writer: finish it before another begins.</summary>
    internal static HeaderWriter Begin()
    {
        var writer = _current ??= new HeaderWriter();
        writer._text.ResetWrittenCount();
        writer._json.Reset();
        writer._json.WriteStartObject();
        return writer;
    }

    internal void Number(ReadOnlySpan<byte> key, long? value)
    {
        if (value is { } number)
            _json.WriteNumber(key, number);
    }

    internal void Boolean(ReadOnlySpan<byte> key, bool value) => _json.WriteBoolean(key, value);

    /// <summary>A flag whose absence means false.</summary>
    internal void Flag(ReadOnlySpan<byte> key, bool value)
    {
        if (value)
            _json.WriteBoolean(key, true);
    }

    internal void Text(ReadOnlySpan<byte> key, string? value)
    {
        if (value is not null)
            _json.WriteString(key, value);
    }

    internal void Texts(ReadOnlySpan<byte> key, IReadOnlyList<string>? values)
    {
        if (values is null)
            return;
        _json.WriteStartArray(key);
        foreach (var value in values)
            _json.WriteStringValue(value);
        _json.WriteEndArray();
    }

    /// <summary>A name: a string when its bytes are UTF-8, else base64 under the other key (docs/protocol.md section
    /// 1.3).</summary>
    internal void Name(ReadOnlySpan<byte> key, ReadOnlySpan<byte> keyBase64, byte[]? name)
    {
        if (name is null)
            return;
        if (Utf8.IsValid(name))
            _json.WriteString(key, name);
        else
            _json.WriteBase64String(keyBase64, name);
    }

    internal void Crc32C(ReadOnlySpan<byte> key, uint? value)
    {
        if (value is not { } sum)
            return;
        Span<byte> digits = stackalloc byte[8];
        Hex.Encode(sum, digits);
        _json.WriteString(key, digits);
    }

    internal void Digest(ReadOnlySpan<byte> key, byte[]? digest)
    {
        if (digest is not null)
            _json.WriteString(key, Convert.ToHexStringLower(digest));
    }

    internal void Announce(Body body)
    {
        if (body.IsChunked)
            _json.WriteString("body"u8, "chunked"u8);
        else
            Number("body"u8, body.Length);
    }

    /// <summary>Ends the object and writes it with its length before it.</summary>
    internal void EndFrame(IBufferWriter<byte> output, bool seal)
    {
        var text = End();
        // A seal takes the closing brace's place, after a comma where it is not the first member.
        var kept = seal ? text.Length - 1 : text.Length;
        var comma = seal && text.Length > 2 ? 1 : 0;
        var length = kept + comma + (seal ? Seal.Length : 0);
        if (length > Limits.Header)
            throw new WireException(WireError.TooLarge, FrameText.LongHeader(Limits.Header));

        var frame = output.GetSpan(4 + length)[..(4 + length)];
        BinaryPrimitives.WriteInt32LittleEndian(frame, length);
        text[..kept].CopyTo(frame[4..]);
        if (seal)
        {
            frame[4 + kept] = (byte)',';
            Seal.Put(frame[4..]);
        }

        output.Advance(4 + length);
    }

    /// <summary>Ends the object and writes it as a line.</summary>
    internal void EndLine(IBufferWriter<byte> output)
    {
        var text = End();
        var line = output.GetSpan(text.Length + 1);
        text.CopyTo(line);
        line[text.Length] = (byte)'\n';
        output.Advance(text.Length + 1);
    }

    private ReadOnlySpan<byte> End()
    {
        _json.WriteEndObject();
        _json.Flush();
        return _text.WrittenSpan;
    }
}
