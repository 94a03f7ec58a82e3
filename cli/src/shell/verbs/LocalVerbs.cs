using System.Text;
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
        foreach (var file in places.Where(place => !Directory.Exists(place)))
            list.Add(Describe(new FileInfo(file) is { Exists: true } or { LinkTarget: not null } ? new FileInfo(file) : throw new CommandException(PlaceText.NotFoundHere(Terminal.Escape(file)))));
        list.Show();
        foreach (var folder in places.Where(Directory.Exists))
        {
            if (places.Count > 1)
                call.Shell.Results.Show($"{Terminal.Escape(folder)}:", _ => { });
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(entry => isAll || entry.Name[0] != '.'))
                list.Add(Describe(entry));
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
        if (!Directory.Exists(place))
            throw new CommandException(Path.Exists(place) ? PlaceText.NotAFolderHere(Terminal.Escape(place)) : PlaceText.NoFolderHere(Terminal.Escape(place)));
        Directory.SetCurrentDirectory(place);
        return Task.FromResult(0);
    }

    private static Task<int> ShowAsync(Call call)
    {
        call.Shell.Results.Show(Terminal.Escape(Directory.GetCurrentDirectory()), _ => { });
        return Task.FromResult(0);
    }

    private static RemoteEntry Describe(FileSystemInfo entry)
    {
        var kind = entry.LinkTarget is not null ? EntryKind.Link : entry is DirectoryInfo ? EntryKind.Folder : EntryKind.File;
        return new RemoteEntry(
            RemotePath.FromBytes(Encoding.UTF8.GetBytes(entry.Name)),
            kind,
            kind == EntryKind.File ? ((FileInfo)entry).Length : 0,
            entry.LastWriteTimeUtc,
            OperatingSystem.IsWindows() ? default : entry.UnixFileMode,
            entry.LinkTarget is { } target ? RemotePath.FromBytes(Encoding.UTF8.GetBytes(target)) : default(RemotePath?));
    }
}
