using Argosy.Cli.Messages;
using Argosy.Cli.Transfer;
using Argosy.Client;

namespace Argosy.Cli.Shell.Verbs;

/// <summary>Files and folders up and down: <c>argosy put</c> and <c>argosy get</c>.</summary>
internal static class TransferVerbs
{
    private static readonly VerbOption[] Options =
    [
        new("--recursive", "-r", "Folders with all that is in them."),
        new("--links", null, "With -r: keep links that are relative and stay inside."),
        new("--copy-links", null, "With -r: take what links lead to."),
        new("--no-clobber", null, "Leave files alone that exist."),
        new("--no-verify", null, "Skip the checksum; lengths are still compared."),
    ];

    private static readonly string[] Interrupted =
    [
        "Ctrl-C stops it, and the shell goes on. What was cut goes on when the same",
        "line is repeated; you are asked first whether it shall. A file that is there",
        "already, byte for byte, is not sent again.",
    ];

    public static Verb[] All { get; } =
    [
        new("put", "[-r] FILE... [DEST]", "Upload files, with -r folders too.", PutAsync)
        {
            Patience = Verb.LongPatience,
            Least = 1,
            Names = [NameKind.Local, NameKind.Local | NameKind.RemoteFolder],
            Options = Options,
            Notes =
            [
                "put report.pdf              into this folder",
                "put report.pdf final.pdf    under another name",
                "put *.jpg photos/           several, into a folder",
                "put -r photos               a folder with all that is in it",
                "", .. Interrupted,
            ],
        },
        new("get", "[-r] NAME... [DEST]", "Download files, with -r folders too.", GetAsync)
        {
            Least = 1,
            Names = [NameKind.Remote, NameKind.Remote | NameKind.LocalFolder],
            Options = [.. Options, new("--to-terminal", null, "With -: show what is no text too.")],
            Notes =
            [
                "get report.pdf              into the local folder (lpwd shows it)",
                "get report.pdf old.pdf      under another name",
                "get *.jpg pictures/         several, into a folder",
                "get -r photos               a folder with all that is in it",
                "get notes.txt -             show it",
                "", .. Interrupted,
            ],
        },
    ];

    private static Task<int> PutAsync(Call call)
    {
        var (sources, target) = Divide(call.Names);
        if (sources.Any(source => source.Text == "-"))
            throw new UsageException(ShellText.InputIsTaken);
        var files = sources.SelectMany(LocalNames.All).ToList();
        var path = target is null ? RemoteFolders.Resolve(call.Shell.Folder, "./"u8) : call.Shell.Resolve(target.Text);
        return call.RunAsync(new PutCommand(), [.. files, call.Shell.Url(path)]);
    }

    private static async Task<int> GetAsync(Call call)
    {
        var (sources, target) = Divide(call.Names);
        var urls = new List<string>();
        foreach (var source in sources)
        {
            var path = call.Shell.Resolve(source.Pattern ?? source.Text);
            // Quoted, a star is a star: the name has to exist as it is.
            if (source.Pattern is null && RemotePattern.IsWild(path.Bytes.Span)
                && await (await call.Shell.ConnectAsync(call.Stop)).StatAsync(path, cancellationToken: call.Stop) is null)
                throw RefusedException.NotFound(path);
            urls.Add(call.Shell.Url(path));
        }

        return await call.RunAsync(new GetCommand(), [.. urls, target is null ? "." : LocalNames.One(target)]);
    }

    // As cp does: the last of several says where to.
    private static (IReadOnlyList<Word> Sources, Word? Target) Divide(IReadOnlyList<Word> names) =>
        names.Count == 1 ? (names, null) : ([.. names.Take(names.Count - 1)], names[^1]);
}
