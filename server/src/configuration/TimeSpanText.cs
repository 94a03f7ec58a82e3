using System.Globalization;

namespace Argosy.Server;

/// <summary>Spans of time as people write them.</summary>
internal static class TimeSpanText
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly (string Suffix, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)];

    /// <summary>A span from seconds (<c>10</c>) or a number with <c>ms</c>, <c>s</c>, <c>m</c>, <c>h</c> or <c>d</c>; at most a day.</summary>
    /// <exception cref="FormatException">Something else; the message completes a sentence that begins with the text.</exception>
    public static TimeSpan Parse(string text) => Parse(text, Day);

    /// <summary>The same, and more than nothing.</summary>
    /// <exception cref="FormatException">Something else; the message completes a sentence that begins with the text.</exception>
    public static TimeSpan ParsePositive(string text) => Parse(text) is { Ticks: > 0 } span ? span : throw new FormatException(SettingText.NotPositive);

    /// <summary>The same, at most ten years.</summary>
    /// <exception cref="FormatException">Something else; the message completes a sentence that begins with the text.</exception>
    public static TimeSpan ParseLong(string text) => Parse(text, 3_650 * Day);

    private static TimeSpan Parse(string text, TimeSpan most)
    {
        var (suffix, factor) = Units.FirstOrDefault(unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal), ("", 1));
        if (!double.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            throw new FormatException(SettingText.Time);
        return number * factor <= most.TotalSeconds
            ? TimeSpan.FromSeconds(number * factor)
            : throw new FormatException(SettingText.TooLong(most));
    }
}
