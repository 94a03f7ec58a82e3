using System.Buffers;
using System.Text;
using Argosy.Cli.Messages;

namespace Argosy.Cli;

/// <summary>
/// Names between bytes and text, either way without loss: UTF-8, and each byte that is none as a low surrogate on its own, U+DC80 to U+DCFF
/// (as in Python's PEP 383).
/// </summary>
internal static class ByteText
{
    private const int Base = 0xdc00;

    public static char OfByte(byte value) => (char)(Base + value);

    /// <summary>True for a character, on its own, that stands for a byte.</summary>
    public static bool IsByte(char character) => character is >= '\udc80' and <= '\udcff';

    public static string OfBytes(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == OperationStatus.Done)
                text.Append(rune.ToString());
            else
                text.Append(OfByte(bytes[length = 0]));
            bytes = bytes[Math.Max(length, 1)..];
        }

        return text.ToString();
    }

    /// <exception cref="FormatException">Half a surrogate pair that stands for no byte.</exception>
    public static byte[] ToBytes(string text)
    {
        var bytes = new ArrayBufferWriter<byte>(text.Length + 1);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) == OperationStatus.Done)
                bytes.Advance(rune.EncodeToUtf8(bytes.GetSpan(4)));
            else if (IsByte(rest[0]))
                bytes.Write([(byte)(rest[0] - Base)]);
            else
                throw new FormatException(PlaceText.HalfCharacter);
            rest = rest[length..];
        }

        return bytes.WrittenSpan.ToArray();
    }
}
