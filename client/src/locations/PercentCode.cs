using System.Buffers;
using System.Globalization;
using System.Text;

namespace Argosy.Client;

/// <summary>Percent-encoding of bytes (RFC 3986 section 2.1).</summary>
internal static class PercentCode
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes once; other characters stand for their bytes (<see cref="ByteText"/>).</summary>
    /// <exception cref="FormatException">A % without two digits, a NUL, or half a surrogate pair.</exception>
    public static byte[] Decode(ReadOnlySpan<char> text, string what)
    {
        var bytes = new ArrayBufferWriter<byte>(Math.Max(text.Length, 1));
        while (!text.IsEmpty)
        {
            var percent = text.IndexOf('%');
            var literal = percent < 0 ? text : text[..percent];
            try
            {
                bytes.Write(ByteText.ToBytes(literal));
            }
            catch (FormatException)
            {
                throw new FormatException($"The {what} holds half a character; write its bytes as %XX.");
            }

            if (percent < 0)
                break;
            if (text.Length < percent + 3
                || !byte.TryParse(text.Slice(percent + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
                throw new FormatException($"A % in the {what} needs two hexadecimal digits after it; write a literal % as %25.");
            bytes.Write([value]);
            text = text[(percent + 3)..];
        }

        return bytes.WrittenSpan.Contains((byte)0)
            ? throw new FormatException($"The {what} holds a NUL, which no name can.")
            : bytes.WrittenSpan.ToArray();
    }

    public static string DecodeText(ReadOnlySpan<char> text, string what)
    {
        try
        {
            return Strict.GetString(Decode(text, what));
        }
        catch (DecoderFallbackException)
        {
            throw new FormatException($"The {what} is not UTF-8.");
        }
    }

    /// <summary>Leaves RFC 3986's unreserved characters and <paramref name="keep"/> as they are.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes, string keep)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var value in bytes)
        {
            var character = (char)value;
            if (char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '~' || keep.Contains(character))
                text.Append(character);
            else
                text.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
