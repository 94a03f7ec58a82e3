using System.CommandLine;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary><c>argosy put PATH... URL</c></summary>
internal sealed class PutCommand : RemoteCommand
{
    private readonly Argument<string[]> _words = new("PATH... URL")
    {
        Description = "Local files (- is standard input), then where to. A folder, or a trailing /, means into it.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _noClobber = new("--no-clobber") { Description = "Leave files alone that exist on the server." };
    private readonly Option<bool> _noVerify = new("--no-verify") { Description = "Skip the checksum; lengths are still compared." };

    public static Command Create() => new PutCommand().Build();

    protected override async Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop)
    {
        var words = parsed.GetRequiredValue(_words);
        if (words.Length < 2)
            throw new UsageException("Say what to put and where: argosy put FILE argosy://host/");
        var url = ArgosyUrl.Looks(words[^1])
            ? ArgosyUrl.Parse(words[^1])
            : throw new UsageException($"The last word has to be a URL: argosy put {Terminal.Escape(words[0])} argosy://host/");
        var files = words[..^1];
        Check(files, TakesStandardInput(parsed));
        var client = await remote.ConnectAsync(url, stop);
        var intoFolder = await IsFolderAsync(client, url, files, stop);
        var progress = new Progress(remote.Results, files.Sum(Length));
        var put = new Put(client, remote.Results, progress, new PutOptions { Overwrite = !parsed.GetValue(_noClobber), Verify = !parsed.GetValue(_noVerify) });
        return await progress.ShowAsync(Batch.RunAsync(
            files,
            (file, cancel) => put.RunAsync(file, intoFolder ? url.Path.Append(RemotePath.FromText(NameOf(file)).Bytes) : url.Path, cancel),
            file => Terminal.Escape(file),
            remote.Results,
            stop));
    }

    private static void Check(string[] files, bool isInputTaken)
    {
        foreach (var file in files)
        {
            if (ArgosyUrl.Looks(file))
                throw new UsageException("Only the last word can be a URL. To fetch files use argosy get.");
            if (file.Length == 0)
                throw new UsageException("A file's name is empty.");
            if (Directory.Exists(file))
                throw new UsageException($"“{Terminal.Escape(file)}” is a folder. Put takes files; name those in it: {Terminal.Escape(file.TrimEnd('/'))}/*");
        }

        if (files.Count(file => file == "-") > (isInputTaken ? 0 : 1))
            throw new UsageException("Standard input can be used once: for the password or for one file. Set ARGOSY_PASSWORD instead of --password-stdin.");
    }

    private static async Task<bool> IsFolderAsync(FileClient client, ArgosyUrl url, string[] files, CancellationToken stop)
    {
        var isFolder = url.Path.MeansFolder || await client.StatAsync(url.Path, cancellationToken: stop) is { Kind: EntryKind.Folder };
        if (!isFolder && files.Length > 1)
            throw new UsageException($"{url.Path} is no folder on the server; several files need one. Make it with argosy mkdir, or write a trailing /.");
        if (isFolder && files.Contains("-"))
            throw new UsageException($"{url.Path} is a folder: say what standard input is to be called there.");
        return isFolder;
    }

    private static string NameOf(string file) => Path.GetFileName(Path.GetFullPath(file));

    // What is no regular file has no length that means anything.
    private static long Length(string file) => file != "-" && new FileInfo(file) is { Exists: true } info ? info.Length : 0;

    private Command Build() => Finish(new Command("put", "Upload files. Each appears at once, complete and verified; one that is there already costs nothing.") { _words, _noClobber, _noVerify });
}
