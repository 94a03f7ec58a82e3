using System.Globalization;
using System.Text;

namespace Argosy.Cli.Output;

/// <summary>
/// A progress line for any width. What does not fit goes in this order: the name, most of the bar, the time left, files, the rate, the amount; the
/// share stays. Where there is room, numbers keep their places while they change.
/// </summary>
internal static class ProgressLine
{
    private const int LeastBar = 8;
    private const int MostBar = 40;
    private const int LeastName = 12;

    // "999/", "999 MiB/s", "59:59 left": what is longer, which is rare, moves the others.
    private const int DoneWidth = 4;
    private const int RateWidth = 9;
    private const int LeftWidth = 10;

    /// <summary>The line: at most <paramref name="columns"/> - 1 columns, the first of them blank for the cursor, no control characters.</summary>
    public static string Of(in ProgressState state, int columns, ProgressGlyphs glyphs)
    {
        var room = columns - 2;
        if (room <= 0)
            return "";
        var facts = Facts(state, glyphs);
        var (gap, chosen) = Choose(facts, room);
        var text = string.Join(gap, chosen);
        var rest = room - DisplayWidth.Of(text) - gap.Length;
        var name = state.Name is { Length: > 0 } ? Printable(state.Name, glyphs) : "";
        var bar = HasShare(state) && rest >= LeastBar ? BarWidth(rest, gap.Length, name) : 0;
        if (bar > 0)
        {
            text = $"{Bar(state, bar, glyphs)}{gap}{text}";
            rest -= bar + gap.Length;
        }

        if (name.Length > 0 && rest >= LeastName && chosen.Count == facts.Count)
            text = $"{text}{gap}{DisplayWidth.FitEnd(name, rest, glyphs.Missing)}";
        return $" {text.TrimEnd()}";
    }

    /// <summary>A length of time as in <c>0:07</c>, <c>12:34</c>, <c>1:02:03</c>, <c>4d 03h</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalHours: >= 100 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Min(time.Days, 999)}d {time.Hours:00}h"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}"),
    };

    private static bool HasShare(in ProgressState state) => state.Total > 0 && !state.IsGrowing;

    // In their order on the line; what matters most has the lowest rank.
    private static List<(int Rank, string Text, int Width)> Facts(in ProgressState state, ProgressGlyphs glyphs)
    {
        var facts = new List<(int, string, int)> { (0, Share(state, glyphs), 4) };
        if (state.Bytes > 0 || state.Total > 0)
            facts.Add((1, Amount(state), DoneWidth + Sizes.Of(state.Total).Length));
        if (state.TotalFiles > 1)
        {
            var all = string.Create(CultureInfo.InvariantCulture, $"{state.TotalFiles}{(state.IsGrowing ? "+" : "")}");
            facts.Add((3, string.Create(CultureInfo.InvariantCulture, $"{state.Files}/{all} files"), (2 * all.Length) + 7));
        }

        if (state.Rate is { } rate)
            facts.Add((2, $"{Sizes.Of(rate)}/s", RateWidth));
        if (state.Activity is { Length: > 0 } activity)
            facts.Add((1, activity, LeftWidth));
        else if (state.Left is { } left)
            facts.Add((4, $"{Duration(left)} left", LeftWidth));
        if (!HasShare(state))
            facts.Add((4, Duration(state.Elapsed), LeftWidth));
        return facts;
    }

    private static string Share(in ProgressState state, ProgressGlyphs glyphs)
    {
        if (!HasShare(state))
            return glyphs.Turning[(int)(state.Elapsed.TotalMilliseconds / 100 % glyphs.Turning.Length)].ToString();
        // Only what is complete is 100 %.
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(100 * Ratio(state))}%");
    }

    private static double Ratio(in ProgressState state) => Math.Clamp((double)state.Bytes / state.Total, 0, 1);

    private static string Amount(in ProgressState state)
    {
        var done = Sizes.Of(state.Bytes);
        if (state.Total <= 0)
            return done;
        var total = Sizes.Of(state.Total);
        var unit = total[total.IndexOf(' ', StringComparison.Ordinal)..];
        if (done.EndsWith(unit, StringComparison.Ordinal))
            done = done[..^unit.Length];
        return $"{done}/{(state.IsGrowing ? total.Replace(" ", "+ ", StringComparison.Ordinal) : total)}";
    }

    private static (string Gap, List<string> Texts) Choose(List<(int Rank, string Text, int Width)> facts, int room)
    {
        var wide = facts.Select(fact => fact.Text.PadLeft(fact.Width)).ToList();
        if (wide.Sum(text => DisplayWidth.Of(text) + 2) - 2 <= room)
            return ("  ", wide);
        var chosen = new bool[facts.Count];
        foreach (var index in Enumerable.Range(0, facts.Count).OrderBy(index => facts[index].Rank))
        {
            var width = DisplayWidth.Of(facts[index].Text);
            if (width > room)
                continue;
            chosen[index] = true;
            room -= width + 1;
        }

        return (" ", [.. facts.Where((_, index) => chosen[index]).Select(fact => fact.Text)]);
    }

    private static int BarWidth(int rest, int gap, string name)
    {
        var all = Math.Min(rest, MostBar);
        var beside = rest - gap - LeastName;
        return name.Length == 0 || beside < LeastBar ? all : Math.Clamp(rest / 2, LeastBar, Math.Min(beside, MostBar));
    }

    private static string Bar(in ProgressState state, int width, ProgressGlyphs glyphs)
    {
        var halves = (int)(2 * width * Ratio(state));
        var bar = new StringBuilder(width).Append(glyphs.Full, halves / 2);
        if (halves % 2 == 1)
            bar.Append(glyphs.Half);
        return bar.Append(glyphs.Empty, width - bar.Length).ToString();
    }

    // Names are escaped by whoever says them; a line must not depend on that.
    private static string Printable(string name, ProgressGlyphs glyphs)
    {
        var text = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
            text.Append(Rune.IsControl(rune) || (!glyphs.IsUnicode && !rune.IsAscii) ? "?" : rune.ToString());
        return text.ToString();
    }
}
