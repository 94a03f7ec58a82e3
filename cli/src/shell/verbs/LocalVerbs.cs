using Argosy.Cli.Messages;
using Argosy.Cli.Transfer;
using Argosy.Client;

namespace Argosy.Cli.Shell.Verbs;

/// <summary>Looking around on this machine.</summary>
internal static class LocalVerbs
{
    public static Verb[] All { get; } =
    [
        new("lls", "[-a] [-l] [-h] [NAME...]", "List the local folder, or others, or files.", ListAsync)
        {
            NeedsServer = false,
            Names = [NameKind.Local],
            Options = [new("--all", "-a", "Names that begin with a dot too."), new("--long", "-l", "Permissions, size and time beside the name."), new("--human-readable", "-h", "With -l: sizes as 1.0K, 64M, 3.0G.")],
        },
        new("lcd", "[FOLDER]", "Go to a local folder; without one: home.", ChangeAsync) { Most = 1, NeedsServer = false, Names = [NameKind.LocalFolder] },
        new("lpwd", "", "Show the local folder.", ShowAsync) { Most = 0, NeedsServer = false },
    ];

    private static Task<int> ListAsync(Call call)
    {
        bool isAll = Has("--all", 'a'), isLong = Has("--long", 'l');
        var list = new EntryList(call.Shell.Results, isLong, Has("--human-readable", 'h'));
        var places = call.Names.Count == 0 ? ["."] : call.Names.SelectMany(LocalNames.All).ToList();
        foreach (var file in places.Where(place => !LocalFiles.IsFolder(place)))
            list.Add(LocalFiles.Find(file, follow: false) ?? throw new CommandException(PlaceText.NotFoundHere(Terminal.Escape(file))));
        list.Show();
        foreach (var folder in places.Where(LocalFiles.IsFolder))
        {
            if (places.Count > 1)
                call.Shell.Results.Show($"{Terminal.Escape(folder)}:", _ => { });
            foreach (var entry in LocalFiles.List(folder).Where(entry => isAll || entry.Name.Bytes.Span[0] != '.'))
                list.Add(entry);
            list.Show();
        }

        return Task.FromResult(0);

        bool Has(string name, char letter) => call.Options.Any(option => option == name || (option[1] != '-' && option.Contains(letter)));
    }

    private static Task<int> ChangeAsync(Call call)
    {
        var places = call.Names.Count == 0 ? [Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)] : LocalNames.All(call.Names[0]);
        if (places is not [var place])
            throw new UsageException(PlaceText.SeveralMatch(Terminal.Escape(call.Names[0].Text)));
        if (!LocalFiles.IsFolder(place))
            throw new CommandException(LocalFiles.Find(place) is not null ? PlaceText.NotAFolderHere(Terminal.Escape(place)) : PlaceText.NoFolderHere(Terminal.Escape(place)));
        LocalFiles.Enter(place);
        return Task.FromResult(0);
    }

    private static Task<int> ShowAsync(Call call)
    {
        call.Shell.Results.Show(Terminal.Escape(LocalFiles.CurrentFolder), _ => { });
        return Task.FromResult(0);
    }
}
