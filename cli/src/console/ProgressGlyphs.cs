namespace Argosy.Cli.Output;

/// <summary>What a progress line is drawn with. None of it depends on colours.</summary>
/// <param name="Full">A column of the bar that is done.</param>
/// <param name="Half">One that is half done.</param>
/// <param name="Empty">One that is to be done.</param>
/// <param name="Missing">The beginning of a name that is too long.</param>
/// <param name="Turning">What turns where no share can be told.</param>
/// <param name="IsUnicode">False: the terminal's character set has ASCII and nobody knows what else.</param>
internal sealed record ProgressGlyphs(char Full, char Half, char Empty, string Missing, string Turning, bool IsUnicode)
{
    /// <summary>Heavy and light lines.</summary>
    public static ProgressGlyphs Unicode { get; } = new('━', '╸', '─', "…", "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", true);

    /// <summary>For terminals that are not UTF-8.</summary>
    public static ProgressGlyphs Ascii { get; } = new('=', '-', '.', "..", @"|/-\", false);

    /// <summary>Those for the character set that the environment names (locale(7)).</summary>
    public static ProgressGlyphs OfEnvironment()
    {
        var locale = new[] { "LC_ALL", "LC_CTYPE", "LANG" }.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => value is { Length: > 0 }) ?? "";
        return locale.Replace("-", "", StringComparison.Ordinal).Contains("utf8", StringComparison.OrdinalIgnoreCase) ? Unicode : Ascii;
    }
}
