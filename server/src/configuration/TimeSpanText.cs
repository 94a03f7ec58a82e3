using System.Globalization;

namespace Argosy.Server;

/// <summary>Spans of time as people write them.</summary>
internal static class TimeSpanText
{
    private static readonly (string Suffix, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>A span from seconds (<c>10</c>) or a number with <c>ms</c>, <c>s</c>, <c>m</c> or <c>h</c>; at most a day.</summary>
    /// <exception cref="FormatException">Something else; the message completes a sentence that begins with the text.</exception>
    public static TimeSpan Parse(string text)
    {
        var (suffix, factor) = Units.FirstOrDefault(unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal), ("", 1));
        if (double.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * factor <= 86_400)
        {
            return TimeSpan.FromSeconds(number * factor);
        }

        throw new FormatException("is not a time: write seconds, or a number with ms, s, m or h such as 30s");
    }
}
