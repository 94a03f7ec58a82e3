using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary>Entries of a folder, sorted by name and shown: on a terminal beside each other, elsewhere one on a line.</summary>
/// <param name="results">Where they are shown.</param>
/// <param name="isLong">With permissions, size and time.</param>
/// <param name="isHuman">Sizes in units that fit them.</param>
internal sealed class EntryList(Results results, bool isLong, bool isHuman)
{
    private readonly List<RemoteEntry> _entries = [];

    /// <summary>How many wait to be shown.</summary>
    public int Count => _entries.Count;

    public void Add(RemoteEntry entry) => _entries.Add(entry);

    /// <summary>Shows those that wait.</summary>
    public void Show()
    {
        _entries.Sort((left, right) => left.Name.Bytes.Span.SequenceCompareTo(right.Name.Bytes.Span));
        if (isLong || results.IsJson || Console.IsOutputRedirected)
            _entries.ForEach(entry => results.Show(isLong ? EntryText.Line(entry, isHuman) : EntryText.Name(entry), json => json.WriteEntry("name", entry)));
        else
            results.Show(Columns.Of(_entries.Select(EntryText.Name).ToList(), TerminalWindow.OutputColumns).TrimEnd('\n'), _ => { });
        _entries.Clear();
    }
}
