using Argosy.Cli.Shell.Editing;
using Argosy.Cli.Shell.Verbs;
using Argosy.Cli.Transfer;
using Argosy.Client;

namespace Argosy.Cli.Shell;

/// <summary>What the word before the cursor may become: a command, an option, a name on the server or here.</summary>
internal sealed class NameCompleter(RemoteShell shell)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Finds it. What cannot be found out in time, or at all, is not offered.</summary>
    public async Task<Completion> FindAsync(string line, CancellationToken stop)
    {
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(Patience);
            // Of several lines that were pasted, the last one.
            var start = line.LastIndexOf('\n') + 1;
            var typed = WordScanner.SplitUnfinished(line[start..]);
            var found = typed.Words switch
            {
                [] => Words(typed.Last.Text, AllVerbs.List.Select(verb => verb.Name)),
                [var first, .. var others] when AllVerbs.Find(first.Text) is { } verb => await FindAsync(verb, others, typed.Last, patience.Token),
                _ => [],
            };
            return new Completion(start + typed.Last.Start, typed.Last.Text, typed.Open, [.. found.DistinctBy(one => one.Name).OrderBy(one => one.Name, StringComparer.Ordinal)]);
        }
        catch (Exception exception) when (ExitCodes.Of(exception) is not null)
        {
            return Completion.Nothing;
        }
    }

    private async Task<IEnumerable<Candidate>> FindAsync(Verb verb, IReadOnlyList<Word> before, Word last, CancellationToken stop)
    {
        var isAllNames = before.Any(word => word.Text == "--");
        if (last.Text.StartsWith('-') && !isAllNames)
            return Words(last.Text, verb.Options.Select(option => option.Name));
        var kind = verb.KindOf(before.Count(word => isAllNames || !word.IsOption));
        if (kind.HasFlag(NameKind.Verb))
            return Words(last.Text, AllVerbs.List.Select(one => one.Name));
        var found = new List<Candidate>();
        if ((kind & (NameKind.Local | NameKind.LocalFolder)) != 0)
            found.AddRange(LocalNames(last, kind.HasFlag(NameKind.Local)));
        if ((kind & (NameKind.Remote | NameKind.RemoteFolder)) != 0)
            found.AddRange(await RemoteNamesAsync(last.Text, kind.HasFlag(NameKind.Remote), stop));
        return found;
    }

    private static IEnumerable<Candidate> Words(string typed, IEnumerable<string> words) =>
        words.Where(word => word.StartsWith(typed, StringComparison.Ordinal)).Select(word => new Candidate(word, false, word));

    private async Task<List<Candidate>> RemoteNamesAsync(string typed, bool isAny, CancellationToken stop)
    {
        var (folder, prefix) = Divide(typed);
        var client = await shell.ConnectAsync(stop);
        var found = new List<Candidate>();
        var links = 0;
        await foreach (var entry in client.ListAsync(shell.Resolve(folder.Length == 0 ? "." : folder), stop))
        {
            var name = ByteText.OfBytes(entry.Name.Bytes.Span);
            if (!Fits(name, prefix) || !(isAny || entry.Kind is EntryKind.Folder or EntryKind.Link))
                continue;
            links += entry.Kind == EntryKind.Link ? 1 : 0;
            found.Add(Make(folder, name, entry.Kind == EntryKind.Folder));
        }

        // Where a link leads matters once it is the only one.
        return found is [var only] && links == 1
               && (await client.StatAsync(shell.Resolve(only.Name), cancellationToken: stop))?.Kind == EntryKind.Folder
            ? [only with { IsFolder = true }]
            : found;
    }

    private static IEnumerable<Candidate> LocalNames(Word typed, bool isAny)
    {
        var text = typed.IsAtHome ? Shell.LocalNames.One(typed) : typed.Text;
        var (folder, prefix) = Divide(text);
        return LocalFiles.List(folder.Length == 0 ? "." : folder)
            .Select(entry => ByteText.OfBytes(entry.Name.Bytes.Span))
            .Select(name => (Name: name, IsFolder: LocalFiles.IsFolder(folder + name)))
            .Where(entry => Fits(entry.Name, prefix) && (isAny || entry.IsFolder))
            .Select(entry => Make(folder, entry.Name, entry.IsFolder))
            .ToList();
    }

    private static (string Folder, string Prefix) Divide(string typed)
    {
        var slash = typed.LastIndexOf('/') + 1;
        return (typed[..slash], typed[slash..]);
    }

    // Hidden names are offered to those who ask for them.
    private static bool Fits(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && (prefix.Length > 0 || name[0] != '.');

    private static Candidate Make(string folder, string name, bool isFolder)
    {
        // Alone it would be read as an option.
        var before = folder.Length == 0 && name[0] == '-' ? "./" : folder;
        var shown = Terminal.Escape(ByteText.ToBytes(name));
        return new Candidate(before + name, isFolder, isFolder ? shown + "/" : shown);
    }
}
