using System.Globalization;

namespace Argosy.Cli.Output;

/// <summary>Numbers for people.</summary>
internal static class Sizes
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>To the byte, and for people: <c>1 byte</c>, <c>5 bytes</c>, <c>48211 bytes (47 KiB)</c>.</summary>
    public static string Exact(long bytes) => string.Create(
        CultureInfo.InvariantCulture, $"{bytes} {(bytes == 1 ? "byte" : "bytes")}{(bytes >= 1024 ? $" ({Of(bytes)})" : "")}");

    /// <summary>As ls(1) writes them with <c>-h</c>: <c>5</c>, <c>1.0K</c>, <c>64M</c>.</summary>
    public static string Short(long bytes) => bytes < 1024 ? bytes.ToString(CultureInfo.InvariantCulture) : Of(bytes).Replace(" ", "", StringComparison.Ordinal)[..^2];

    /// <summary>Such as <c>0 B</c>, <c>1023 B</c>, <c>1.0 KiB</c>, <c>64 MiB</c>: two digits that matter, units of 1024.</summary>
    public static string Of(long bytes)
    {
        double size = bytes;
        var unit = 0;
        while (size >= 1023.5 && unit < Units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        var digits = unit > 0 && size < 9.95 ? "0.0" : "0";
        return $"{size.ToString(digits, CultureInfo.InvariantCulture)} {Units[unit]}";
    }
}
