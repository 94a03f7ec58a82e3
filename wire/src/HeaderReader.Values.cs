using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Argosy.Wire;

/// <summary>The typed values. Each returns null where the value is of the wrong type, and sees to it that <see cref="Fault"/>
/// names the field.</summary>
internal ref partial struct HeaderReader
{
    internal long? Number(long least = 0, long most = Limits.Number)
    {
        if (_json.TokenType != JsonTokenType.Number)
            return Wrong<long?>(HeaderText.Wanted.Number);
        var value = Integer();
        return value >= least && value <= most ? value : Wrong<long?>(HeaderText.Wanted.NumberWithin(least, most));
    }

    internal int? Int32(int least, int most) => (int?)Number(least, most);

    internal bool? Boolean() => _json.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => Wrong<bool?>(HeaderText.Wanted.Boolean),
    };

    internal string? Text() => _json.TokenType == JsonTokenType.String ? _json.GetString() : Wrong<string?>(HeaderText.Wanted.Text);

    /// <summary>Copies a string that is plain ASCII and fits; false for every other value, which is still there to be
    /// read.</summary>
    internal readonly bool TryShortText(Span<char> text, out int length)
    {
        length = 0;
        if (_json.TokenType != JsonTokenType.String || _json.ValueIsEscaped || _json.ValueSpan.Length > text.Length)
            return false;
        return Ascii.ToUtf16(_json.ValueSpan, text, out length) == OperationStatus.Done;
    }

    /// <summary>A name as its bytes.</summary>
    internal byte[]? Name()
    {
        if (_json.TokenType != JsonTokenType.String)
            return Wrong<byte[]?>(HeaderText.Wanted.Text);
        var name = new byte[_json.ValueSpan.Length];
        var length = _json.CopyString(name);
        return WithoutNul(length == name.Length ? name : name[..length]);
    }

    /// <summary>A name whose bytes are no UTF-8, in base64.</summary>
    internal byte[]? NameBase64()
    {
        if (_json.TokenType != JsonTokenType.String)
            return Wrong<byte[]?>(HeaderText.Wanted.Base64);
        var name = CanonicalBase64.Decode(_json.ValueIsEscaped ? Encoding.UTF8.GetBytes(_json.GetString()!) : _json.ValueSpan);
        return name is null ? Wrong<byte[]?>(HeaderText.Wanted.Base64) : WithoutNul(name);
    }

    internal uint? Crc32C()
    {
        if (_json.TokenType == JsonTokenType.String && Hex.TryDecode(_json.ValueSpan, out var value))
            return value;
        return Wrong<uint?>(HeaderText.Wanted.Hexadecimal(8));
    }

    internal byte[]? Digest(int length)
    {
        var digest = new byte[length];
        if (_json.TokenType == JsonTokenType.String && Hex.TryDecode(_json.ValueSpan, digest))
            return digest;
        return Wrong<byte[]?>(HeaderText.Wanted.Hexadecimal(2 * length));
    }

    internal string[]? Texts()
    {
        if (_json.TokenType != JsonTokenType.StartArray)
            return Wrong<string[]?>(HeaderText.Wanted.Texts);
        var texts = new List<string>();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType == JsonTokenType.String && texts.Count < Limits.Members)
                texts.Add(_json.GetString()!);
            else
                throw BadFrame(HeaderText.HasToBe(_field, HeaderText.Wanted.FewTexts));
        }

        return [.. texts];
    }

    /// <summary>What follows the header. Where this is not clear nothing after it is: a wrong value is fatal.</summary>
    internal Body Announced()
    {
        if (_json.TokenType == JsonTokenType.Number && Integer() is >= 0 and var length)
            return Body.Exact(length);
        if (_json.TokenType == JsonTokenType.String && _json.ValueTextEquals("chunked"u8))
            return Body.Chunked;
        throw BadFrame(HeaderText.HasToBe(_field, HeaderText.Wanted.Body));
    }

    internal T? Wrong<T>(string wanted)
    {
        Fault ??= new WireException(WireError.BadRequest, HeaderText.HasToBe(_field, wanted));
        Skip();
        return default;
    }

    private byte[]? WithoutNul(byte[] name)
    {
        if (name.AsSpan().IndexOf((byte)0) < 0)
            return name;
        Fault ??= new WireException(WireError.BadName, HeaderText.HasNul(_field));
        return null;
    }

    /// <summary>The rules of section 1, which JSON's own grammar for numbers is wider than.</summary>
    private readonly long Integer()
    {
        var text = _json.ValueSpan;
        if (text.IndexOfAny(".eE"u8) >= 0)
            throw BadFrame(HeaderText.Fraction);
        var isLong = Utf8Parser.TryParse(text, out long value, out var read) && read == text.Length;
        if (!isLong || value is > Limits.Number or < -Limits.Number)
            throw BadFrame(HeaderText.Beyond);
        return value;
    }
}
