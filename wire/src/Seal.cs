using System.Buffers.Binary;

namespace Argosy.Wire;

/// <summary>
/// The last 17 bytes of a sealed header (docs/protocol.md section 1.2):
/// <code>
/// "sum":"xxxxxxxx"}      x: CRC-32C, lower-case hexadecimal, of the u32 length and all header bytes before this member
/// </code>
/// </summary>
internal static class Seal
{
    internal const int Length = 17;
    private const int Digits = 7;

    private static ReadOnlySpan<byte> Opening => "\"sum\":\""u8;

    private static ReadOnlySpan<byte> Closing => "\"}"u8;

    /// <summary>True where the header has a seal's form; whether it is right is another question.</summary>
    internal static bool IsOn(ReadOnlySpan<byte> header)
    {
        if (header.Length < Length + 1)
            return false;
        var tail = header[^Length..];
        return tail.StartsWith(Opening) && tail.EndsWith(Closing) && Hex.TryDecode(tail.Slice(Digits, 8), out _);
    }

    internal static bool IsRight(ReadOnlySpan<byte> header) =>
        Hex.TryDecode(header.Slice(header.Length - Length + Digits, 8), out var stated)
        && stated == Sum(header.Length, header[..^Length]);

    /// <summary>Writes the seal into the last 17 bytes of <paramref name="header"/>, whose other bytes are final.</summary>
    internal static void Put(Span<byte> header)
    {
        var tail = header[^Length..];
        Opening.CopyTo(tail);
        Hex.Encode(Sum(header.Length, header[..^Length]), tail.Slice(Digits, 8));
        Closing.CopyTo(tail[^Closing.Length..]);
    }

    private static uint Sum(int length, ReadOnlySpan<byte> covered)
    {
        Span<byte> prefix = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(prefix, length);
        Crc32C sum = default;
        sum.Append(prefix);
        sum.Append(covered);
        return sum.Value;
    }
}
