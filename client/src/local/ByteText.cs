using System.Buffers;
using System.Text;

namespace Argosy.Client;

/// <summary>
/// Names between bytes and text, either way without loss: UTF-8, and each byte that is none as a low surrogate on its own, U+DC80 to U+DCFF
/// (as in Python's PEP 383). Wherever this library takes or gives a path as a string, local or remote, it means this.
/// </summary>
public static class ByteText
{
    private const int Base = 0xdc00;

    /// <summary>The character that stands for a byte which is part of no UTF-8.</summary>
    /// <param name="value">0x80 to 0xff.</param>
    public static char OfByte(byte value) => (char)(Base + value);

    /// <summary>True for a character that, on its own, stands for a byte.</summary>
    public static bool IsByte(char character) => character is >= '\udc80' and <= '\udcff';

    /// <summary>Bytes as text: <see cref="ToBytes"/> gives the same bytes back.</summary>
    public static string OfBytes(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            var isCharacter = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == OperationStatus.Done;
            length = isCharacter ? length : 1;
            if (isCharacter)
                text.Append(rune.ToString());
            else
                text.Append(OfByte(bytes[0]));
            bytes = bytes[length..];
        }

        return text.ToString();
    }

    /// <summary>The bytes that text means.</summary>
    /// <exception cref="FormatException">Half a surrogate pair that stands for no byte.</exception>
    public static byte[] ToBytes(ReadOnlySpan<char> text)
    {
        var bytes = new ArrayBufferWriter<byte>(text.Length + 1);
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var length) == OperationStatus.Done)
                bytes.Advance(rune.EncodeToUtf8(bytes.GetSpan(4)));
            else if (IsByte(text[0]))
                bytes.Write([(byte)(text[0] - Base)]);
            else
                throw new FormatException("A name holds half a character, which UTF-8 cannot say.");
            text = text[length..];
        }

        return bytes.WrittenSpan.ToArray();
    }
}
