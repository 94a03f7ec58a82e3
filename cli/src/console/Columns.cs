using System.Text;
using Wcwidth;

namespace Argosy.Cli.Output;

/// <summary>Names beside each other, sorted downwards, as ls(1) shows them.</summary>
internal static class Columns
{
    private const int Gap = 2;

    /// <summary>Columns that text takes on most terminals, where <see cref="DisplayWidth"/> says the most that it takes on any. It has to be safe to show.</summary>
    public static int Width(string shown) => shown.EnumerateRunes().Sum(rune => Math.Max(UnicodeCalculator.GetWidth(rune.Value), 0));

    /// <param name="names">In their order; safe to show.</param>
    /// <param name="width">Of the terminal.</param>
    /// <param name="mostRows">What needs more is cut, and the number of those that are missing told.</param>
    /// <returns>Whole lines.</returns>
    public static string Of(IReadOnlyList<string> names, int width, int mostRows = int.MaxValue)
    {
        if (names.Count == 0)
            return "";
        var widths = names.Select(Width).ToList();
        var column = widths.Max() + Gap;
        var columns = Math.Max((width + Gap - 1) / column, 1);
        var rows = (names.Count + columns - 1) / columns;
        var isCut = rows > Math.Max(mostRows, 1);
        if (isCut)
            rows = Math.Max(mostRows - 1, 1);
        var text = new StringBuilder();
        for (var row = 0; row < rows; row++)
        {
            for (var at = row; at < Math.Min(names.Count, rows * columns); at += rows)
            {
                text.Append(names[at]);
                if (at + rows < Math.Min(names.Count, rows * columns))
                    text.Append(' ', column - widths[at]);
            }

            text.Append('\n');
        }

        return isCut ? text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{ProgressGlyphs.OfEnvironment().Missing} and {names.Count - (rows * columns)} more\n").ToString() : text.ToString();
    }
}
