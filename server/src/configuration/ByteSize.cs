using System.Globalization;

namespace Argosy.Server;

/// <summary>Amounts of bytes as people write them: K, M, G and T are powers of 1024.</summary>
public static class ByteSize
{
    private const string Units = "KMGT";

    /// <summary>Bytes from <c>123</c>, <c>500M</c>, <c>1.5G</c>, <c>10MB</c> or <c>10MiB</c>, in either case.</summary>
    /// <exception cref="FormatException">Something else, negative, or above 8 EiB; the message completes a sentence that begins with the text.</exception>
    public static long Parse(string text)
    {
        var number = text.Trim();
        var factor = 1L;
        if (number.EndsWith('b') || number.EndsWith('B')) number = number[..^1];
        if (number.EndsWith('i')) number = number[..^1];
        if (number.Length > 0 && Units.IndexOf(char.ToUpperInvariant(number[^1])) is var unit and >= 0)
        {
            factor = 1L << (10 * (unit + 1));
            number = number[..^1];
        }

        const NumberStyles style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite;
        if (!decimal.TryParse(number, style, CultureInfo.InvariantCulture, out var value) || value > long.MaxValue / (decimal)factor)
            throw new FormatException(SettingText.Size);
        return (long)(value * factor);
    }

    /// <summary>A short form such as <c>1.5G</c> or <c>123 bytes</c>.</summary>
    public static string Format(long bytes)
    {
        var unit = -1;
        var value = (decimal)bytes;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return unit < 0
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes")
            : string.Create(CultureInfo.InvariantCulture, $"{value:0.#}{Units[unit]}");
    }
}
