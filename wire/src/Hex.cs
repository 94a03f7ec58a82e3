namespace Argosy.Wire;

/// <summary>Lower-case hexadecimal, the only form the protocol knows.</summary>
internal static class Hex
{
    private static ReadOnlySpan<byte> Digits => "0123456789abcdef"u8;

    internal static void Encode(uint value, Span<byte> eight)
    {
        for (var i = 7; i >= 0; i--, value >>= 4)
            eight[i] = Digits[(int)(value & 0xf)];
    }

    internal static bool TryDecode(ReadOnlySpan<byte> eight, out uint value)
    {
        value = 0;
        foreach (var digit in eight)
        {
            var nibble = Nibble(digit);
            if (nibble < 0)
                return false;
            value = (value << 4) | (uint)nibble;
        }

        return eight.Length == 8;
    }

    internal static bool TryDecode(ReadOnlySpan<byte> digits, Span<byte> bytes)
    {
        if (digits.Length != 2 * bytes.Length)
            return false;
        for (var i = 0; i < bytes.Length; i++)
        {
            int high = Nibble(digits[2 * i]), low = Nibble(digits[(2 * i) + 1]);
            if ((high | low) < 0)
                return false;
            bytes[i] = (byte)((high << 4) | low);
        }

        return true;
    }

    private static int Nibble(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        _ => -1,
    };
}
