using System.Text.Json;
using Argosy.Cli.Messages;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary>Tells what became of a tree's entries, one line each, and at the end how many of each there were.</summary>
/// <param name="results">Where it is told.</param>
/// <param name="isUp">True for uploads: lines name places on the server, else local ones.</param>
internal sealed class TreeReport(Results results, bool isUp)
{
    private readonly int[] _counts = new int[Enum.GetValues<TreeResult>().Length];
    private long _bytes;

    private string Moved => isUp ? "stored" : "fetched";

    /// <summary>Shows a whole tree as it moves.</summary>
    /// <returns>The exit code: 1 where an entry failed.</returns>
    public async Task<int> ShowAsync(IAsyncEnumerable<TreeOutcome> outcomes)
    {
        await foreach (var outcome in outcomes)
            Show(outcome);
        ShowSummary();
        return _counts[(int)TreeResult.Failed] > 0 ? 1 : 0;
    }

    private void Show(TreeOutcome outcome)
    {
        _counts[(int)outcome.Result]++;
        var place = isUp ? outcome.Path.ToString() : Terminal.Escape(outcome.Local.Span);
        switch (outcome.Result)
        {
            case TreeResult.Failed:
                results.Fail(Explain(outcome.Failure!), place);
                break;
            case TreeResult.Skipped:
                results.Warn(OutputText.Outcome(place, outcome.Reason), json => Describe(json, outcome));
                break;
            default:
                _bytes += outcome.Result == TreeResult.Moved ? outcome.Size : 0;
                results.Show($"{place}  {Word(outcome)}", json => Describe(json, outcome));
                break;
        }
    }

    // The folder itself, before anything of it: a drop box may neither be looked at nor get folders.
    private Exception Explain(Exception failure) =>
        isUp && _counts.Sum() == 1 && failure is RefusedException { Deed: not null, Path: { } path } refused ? refused.InOtherWords(PlaceText.FilesOnly(path)) : failure;

    private static string Word(TreeOutcome outcome) => outcome.Result switch
    {
        TreeResult.Moved => Sizes.Of(outcome.Size),
        TreeResult.Unchanged => "already there",
        TreeResult.Left => "exists, left alone",
        TreeResult.FolderMade => "folder",
        _ => "link",
    };

    private void Describe(Utf8JsonWriter json, TreeOutcome outcome)
    {
        json.WriteName("path", outcome.Path);
        json.WriteName("file", RemotePath.FromBytes(outcome.Local));
        json.WriteString("result", outcome.Result switch
        {
            TreeResult.Moved => Moved,
            TreeResult.Unchanged => "unchanged",
            TreeResult.Left => "left",
            TreeResult.FolderMade => "folder",
            TreeResult.LinkMade => "link",
            _ => "skipped",
        });
        if (outcome.Result is TreeResult.Moved or TreeResult.Unchanged)
            json.WriteNumber("size", outcome.Size);
        if (outcome.Reason is { } reason)
            json.WriteString("reason", reason);
    }

    private void ShowSummary()
    {
        (TreeResult Result, string Key, string Words)[] rest =
        [
            (TreeResult.Unchanged, "unchanged", "already there"),
            (TreeResult.Left, "left", "left alone"),
            (TreeResult.Skipped, "skipped", "left out"),
            (TreeResult.Failed, "failed", "failed"),
        ];
        var moved = _counts[(int)TreeResult.Moved];
        var others = rest.Where(one => _counts[(int)one.Result] > 0).Select(one => $", {_counts[(int)one.Result]} {one.Words}");
        results.Show($"{moved} {(moved == 1 ? "file" : "files")} {Moved} ({Sizes.Of(_bytes)}){string.Concat(others)}", json =>
        {
            json.WriteString("result", "summary");
            json.WriteNumber(Moved, moved);
            json.WriteNumber("bytes", _bytes);
            json.WriteNumber("folders", _counts[(int)TreeResult.FolderMade]);
            json.WriteNumber("links", _counts[(int)TreeResult.LinkMade]);
            foreach (var (result, key, _) in rest)
                json.WriteNumber(key, _counts[(int)result]);
        });
    }
}
