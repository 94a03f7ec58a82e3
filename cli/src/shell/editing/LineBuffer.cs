using System.Globalization;

namespace Argosy.Cli.Shell.Editing;

/// <summary>A line that is being edited, and where in it. Characters are what people call so: accents and their letters move together.</summary>
internal sealed class LineBuffer
{
    private string _killed = "";

    public string Text { get; private set; } = "";

    /// <summary>Index into <see cref="Text"/>.</summary>
    public int Cursor { get; private set; }

    public bool IsEmpty => Text.Length == 0;

    private int Previous
    {
        get
        {
            var (at, before) = (0, 0);
            while (at < Cursor)
            {
                before = at;
                at += StringInfo.GetNextTextElementLength(Text, at);
            }

            return before;
        }
    }

    private int Next => Cursor + StringInfo.GetNextTextElementLength(Text, Cursor);

    private int WordStart
    {
        get
        {
            var at = Cursor;
            while (at > 0 && IsGap(Text[at - 1]))
                at--;
            while (at > 0 && !IsGap(Text[at - 1]))
                at--;
            return at;
        }
    }

    private int WordEnd
    {
        get
        {
            var at = Cursor;
            while (at < Text.Length && IsGap(Text[at]))
                at++;
            while (at < Text.Length && !IsGap(Text[at]))
                at++;
            return at;
        }
    }

    /// <summary>Puts another line in its place, the cursor at its end.</summary>
    public void Set(string text) => (Text, Cursor) = (text, text.Length);

    public void Insert(string text) => Replace(Cursor, text);

    /// <summary>Puts text in the place of what stands between a position and the cursor.</summary>
    public void Replace(int start, string text) => (Text, Cursor) = (string.Concat(Text.AsSpan(0, start), text, Text.AsSpan(Cursor)), start + text.Length);

    /// <summary>Does what a key means. False: it means nothing to a line.</summary>
    public bool Do(Key key)
    {
        switch (key.Kind)
        {
            case KeyKind.Text: Insert(key.Text); break;
            case KeyKind.Paste: Insert(key.Text.TrimEnd('\n')); break;
            case KeyKind.Left: Cursor = Previous; break;
            case KeyKind.Right: Cursor = Next; break;
            case KeyKind.WordLeft: Cursor = WordStart; break;
            case KeyKind.WordRight: Cursor = WordEnd; break;
            case KeyKind.Home: Cursor = 0; break;
            case KeyKind.End: Cursor = Text.Length; break;
            case KeyKind.Backspace: Remove(Previous, Cursor); break;
            case KeyKind.Delete or KeyKind.EndOfInput: Remove(Cursor, Next); break;
            case KeyKind.KillToEnd: Kill(Cursor, Text.Length); break;
            case KeyKind.KillToStart: Kill(0, Cursor); break;
            case KeyKind.KillWord: Kill(WordStart, Cursor); break;
            case KeyKind.KillWordRight: Kill(Cursor, WordEnd); break;
            case KeyKind.Yank: Insert(_killed); break;
            default: return false;
        }

        return true;
    }

    private static bool IsGap(char character) => character is ' ' or '\t' or '/' or '\n';

    private void Kill(int from, int to)
    {
        if (from < to)
            _killed = Text[from..to];
        Remove(from, to);
    }

    private void Remove(int from, int to) => (Text, Cursor) = (Text.Remove(from, to - from), from);
}
