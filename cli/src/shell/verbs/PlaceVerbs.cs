using Argosy.Cli.Messages;
using Argosy.Cli.Transfer;
using Argosy.Client;

namespace Argosy.Cli.Shell.Verbs;

/// <summary>Looking around on the server.</summary>
internal static class PlaceVerbs
{
    public static Verb[] All { get; } =
    [
        new("ls", "[-a] [-l] [-h] [NAME...]", "List this folder, or others, or files.", ListAsync)
        {
            Aliases = ["list", "dir"],
            Names = [NameKind.Remote],
            Options = [new("--all", "-a", "Names that begin with a dot too."), new("--long", "-l", "Permissions, size and time beside the name."), new("--human-readable", "-h", "With -l: sizes as 1.0K, 64M, 3.0G.")],
        },
        new("cd", "[FOLDER]", "Go to a folder; without one to the home.", ChangeAsync)
        {
            Most = 1,
            Names = [NameKind.RemoteFolder],
            Notes = ["cd ..     the folder around this one", "cd -      where you were before"],
        },
        new("pwd", "", "Show the folder on the server.", ShowAsync) { Most = 0, NeedsServer = false },
    ];

    private static async Task<int> ListAsync(Call call)
    {
        IReadOnlyList<RemotePath> places = call.Names.Count == 0 ? [call.Shell.Folder] : await call.ExpandAsync(call.Names);
        return await call.RunAsync(new ListCommand(), places.Select(call.Shell.Url));
    }

    private static async Task<int> ChangeAsync(Call call)
    {
        var isBack = call.Names is [{ Text: "-" }];
        var to = call.Names switch
        {
            [] => RemotePath.Root,
            [{ Text: "-" }] => call.Shell.Previous ?? throw new UsageException(ShellText.NoFolderBefore),
            _ => await call.ExpandAsync(call.Names) is [var one] ? one : throw new UsageException(PlaceText.SeveralMatch(Terminal.Escape(call.Names[0].Text))),
        };
        await call.Shell.EnterAsync(to, call.Stop);
        return isBack ? await ShowAsync(call) : 0;
    }

    private static Task<int> ShowAsync(Call call)
    {
        call.Shell.Results.Show(call.Shell.Folder.ToString(), _ => { });
        return Task.FromResult(0);
    }
}
