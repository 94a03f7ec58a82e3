namespace Argosy.Cli.Shell.Editing;

/// <summary>Looks backwards through lines for a text, as it is typed (Ctrl-R).</summary>
internal sealed class HistorySearch(IReadOnlyList<string> lines)
{
    private int _at = lines.Count;

    public string Query { get; private set; } = "";

    /// <summary>The line that was found; null where none was.</summary>
    public string? Found => _at < lines.Count ? lines[_at] : null;

    public string Prompt => Found is null && Query.Length > 0 ? $"(no such line) {Query}: " : $"(history) {Query}: ";

    /// <summary>Does what a key means. False: the search is over, and the key is somebody else's.</summary>
    public bool Do(Key key)
    {
        switch (key.Kind)
        {
            case KeyKind.Text or KeyKind.Paste:
                Query += key.Text.TrimEnd('\n');
                Find(Math.Min(_at, lines.Count - 1));
                return true;
            case KeyKind.Backspace:
                Query = Query.Length > 0 ? Query[..^1] : "";
                _at = lines.Count;
                Find(lines.Count - 1);
                return true;
            case KeyKind.Search:
                Find(_at - 1);
                return true;
            default:
                return false;
        }
    }

    private void Find(int from)
    {
        var next = from;
        while (next >= 0 && !lines[next].Contains(Query, StringComparison.OrdinalIgnoreCase))
            next--;
        // Where there is no older one, the last that fitted stays, as long as it still does.
        if (next >= 0 && Query.Length > 0)
            _at = next;
        else if (Found?.Contains(Query, StringComparison.OrdinalIgnoreCase) != true)
            _at = lines.Count;
    }
}
