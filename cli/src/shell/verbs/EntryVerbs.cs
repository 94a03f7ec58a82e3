using Argosy.Cli.Messages;
using Argosy.Cli.Transfer;
using Argosy.Client;

namespace Argosy.Cli.Shell.Verbs;

/// <summary>Changing and asking about what is on the server.</summary>
internal static class EntryVerbs
{
    public static Verb[] All { get; } =
    [
        new("mkdir", "[-p] FOLDER...", "Make folders.", MakeAsync)
        {
            Least = 1,
            Names = [NameKind.RemoteFolder],
            Options = [new("--parents", "-p", "Make the folders on the way too, and do not mind if it exists.")],
        },
        new("rm", "[-r] NAME...", "Remove files, with -r folders too.", RemoveAsync)
        {
            Aliases = ["delete"],
            Least = 1,
            Names = [NameKind.Remote],
            Options = [new("--recursive", "-r", "Folders, with all that is in them.")],
            Notes = ["rm *.tmp      several; quoted (rm '*') a star is a star"],
        },
        new("mv", "[--no-clobber] NAME... NEW", "Rename, or move into a folder.", MoveAsync)
        {
            Aliases = ["rename"],
            Least = 2,
            Names = [NameKind.Remote],
            Options = [new("--no-clobber", null, "Refuse to replace a file.")],
            Notes = ["mv report.pdf final.pdf", "mv *.pdf archive/"],
        },
        new("stat", "NAME...", "Show what is known of files and folders.", call => EachAsync(call, new StatCommand())) { Least = 1, Names = [NameKind.Remote] },
        new("hash", "[--algorithm NAME] FILE...", "Let the server compute files' checksums.", call => EachAsync(call, new HashCommand()))
        {
            Least = 1,
            Names = [NameKind.Remote],
            Options = [new("--algorithm", null, $"One of {UsageText.Algorithms}; sha256 is the default.", "NAME")],
        },
        new("quota", "", "Show what the account uses and may use.", QuotaAsync) { Most = 0 },
        new("uploads", "[--discard] [NAME]", "List uploads that were cut and can go on.", UploadsAsync)
        {
            Most = 1,
            Names = [NameKind.Remote],
            Options = [new("--discard", null, "Forget them and free their space.")],
        },
    ];

    private static async Task<int> EachAsync(Call call, RemoteCommand command) =>
        await call.RunAsync(command, (await call.ExpandAsync(call.Names)).Select(call.Shell.Url));

    private static Task<int> MakeAsync(Call call) =>
        call.RunAsync(new MakeFolderCommand(), call.Names.Select(name => call.Shell.Url(Trim(call.Shell.Resolve(name.Text)))));

    private static async Task<int> RemoveAsync(Call call) =>
        await call.RunAsync(new RemoveCommand(), (await call.ExpandAsync(call.Names)).Select(path => call.Shell.Url(Trim(path))));

    private static async Task<int> MoveAsync(Call call)
    {
        var sources = await call.ExpandAsync(call.Names.Take(call.Names.Count - 1));
        var to = call.Shell.Resolve(call.Names[^1].Text);
        if (sources.Count > 1 && (await (await call.Shell.ConnectAsync(call.Stop)).StatAsync(to, cancellationToken: call.Stop))?.Kind != EntryKind.Folder)
            throw new UsageException(PlaceText.SeveralNeedAFolderInShell(to));
        var code = 0;
        foreach (var source in sources)
        {
            try
            {
                code = Math.Max(code, await call.RunAsync(new RenameCommand(), call.Shell.Url(Trim(source)), call.Shell.Url(to)));
            }
            catch (RefusedException refused) when (sources.Count > 1)
            {
                call.Shell.Results.Fail(refused, source.ToString());
                code = 1;
            }
        }

        return code;
    }

    private static async Task<int> QuotaAsync(Call call)
    {
        var quota = await (await call.Shell.ConnectAsync(call.Stop)).QuotaAsync(call.Stop);
        call.Shell.Results.Show(ShellText.Quota(quota), _ => { });
        return 0;
    }

    private static Task<int> UploadsAsync(Call call) =>
        call.RunAsync(new UploadsCommand(), call.Shell.Url(call.Names.Count == 0 ? RemotePath.Root : call.Shell.Resolve(call.Names[0].Text)));

    // A completion puts a slash behind a folder's name.
    private static RemotePath Trim(RemotePath path) =>
        path.Bytes.Length > 1 && path.Bytes.Span[^1] == (byte)'/' ? RemotePath.FromBytes(path.Bytes[..^1]) : path;
}
