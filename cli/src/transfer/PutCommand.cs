using System.CommandLine;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary><c>argosy put PATH... URL</c></summary>
internal sealed class PutCommand : RemoteCommand
{
    private readonly Argument<string[]> _words = new("PATH... URL")
    {
        Description = "Local files (- is standard input), with -r folders too, then where to. A folder, or a trailing /, means into it.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly TransferOptions _options = new("on the server");

    public static Command Create() => new PutCommand().Build();

    protected override async Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop)
    {
        var words = parsed.GetRequiredValue(_words);
        if (words.Length < 2)
            throw new UsageException("Say what to put and where: argosy put FILE argosy://host/");
        var url = ArgosyUrl.Looks(words[^1])
            ? ArgosyUrl.Parse(words[^1])
            : throw new UsageException($"The last word has to be a URL: argosy put {Terminal.Escape(words[0])} argosy://host/");
        var sources = words[..^1];
        Check(sources, TakesStandardInput(parsed), _options.IsRecursive(parsed));
        var trees = _options.ForTrees(parsed);
        var client = await remote.ConnectAsync(url, stop);
        var there = url.Path.MeansFolder ? EntryKind.Folder : (await client.StatAsync(url.Path, cancellationToken: stop))?.Kind;
        Check(sources, url, there);
        CanResume = sources.Any(source => Length(source) > 0 || Directory.Exists(source));
        var (plan, left) = Targets.Distinct(
            sources.Select(source => (Name: source, Place: PlaceOf(source), IsFolder: Directory.Exists(source))).ToList(),
            source => source.Place.ToString(),
            source => Terminal.Escape(source.Name),
            remote.Results);
        var folders = plan.Where(source => source.IsFolder).ToList();
        if (remote.MayContinue is not null)
            await ContinueOrBeginAsync(remote, client, plan.Where(source => File.Exists(source.Name)).Select(source => (source.Name, source.Place)), stop);
        var progress = new Progress(remote.Results, sources.Sum(Length));
        progress.Expect(plan.Count - folders.Count);
        progress.ExpectTrees(folders.Count, trees.Links == LinkTreatment.Follow ? [] : [.. folders.Select(folder => new LocalScan(folder.Name))]);
        return await progress.ShowAsync(PutAllAsync(), stop);

        async Task<int> PutAllAsync()
        {
            var put = new Put(client, remote.Results, progress, _options.ForPut(parsed));
            var code = Math.Max(left, await Batch.RunAsync(
                plan.Where(source => !source.IsFolder),
                (source, cancel) => put.RunAsync(source.Name, source.Place, cancel),
                source => Terminal.Escape(source.Name),
                remote.Results,
                stop));
            foreach (var folder in folders.TakeWhile(_ => code < ExitCodes.NotReachable))
            {
                var outcomes = client.PutFolderAsync(folder.Name, folder.Place, trees with { Progress = progress.BeginTree() }, stop);
                code = Math.Max(code, await new TreeReport(remote.Results, isUp: true).ShowAsync(outcomes));
            }

            return code;
        }

        RemotePath PlaceOf(string source) =>
            (Directory.Exists(source) ? sources.Length == 1 && !url.Path.MeansFolder && IsWhole(source, url, there is null) : there != EntryKind.Folder)
                ? url.Path
                : Into(url.Path, source);
    }

    private static async Task ContinueOrBeginAsync(Remote remote, FileClient client, IEnumerable<(string File, RemotePath Path)> files, CancellationToken stop)
    {
        var unfinished = new List<UnfinishedPart>();
        foreach (var (file, path) in files)
        {
            if (await client.FindUnfinishedPutAsync(file, path, UnfinishedTransfers.Default, stop) is { } part)
                unfinished.Add(part);
        }

        await remote.ContinueOrBeginAsync(unfinished, stop);
    }

    // Into a folder that exists, as cp does; but a command that is repeated means the same place again, though it has made it meanwhile.
    private static bool IsWhole(string folder, ArgosyUrl url, bool isNew) =>
        UnfinishedTransfers.Default.IsWhole(
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), (url with { Fingerprint = null }).ToString(), isNew);

    private static void Check(string[] sources, bool isInputTaken, bool isRecursive)
    {
        foreach (var source in sources)
        {
            if (ArgosyUrl.Looks(source))
                throw new UsageException("Only the last word can be a URL. To fetch files use argosy get.");
            if (source.Length == 0)
                throw new UsageException("A file's name is empty.");
            if (!isRecursive && Directory.Exists(source))
                throw new UsageException($"“{Terminal.Escape(source)}” is a folder. Add -r to upload it with all that is in it.");
        }

        if (sources.Count(source => source == "-") > (isInputTaken ? 0 : 1))
            throw new UsageException("Standard input can be used once: for the password or for one file. Set ARGOSY_PASSWORD instead of --password-stdin.");
    }

    private static void Check(string[] sources, ArgosyUrl url, EntryKind? there)
    {
        if (there != EntryKind.Folder && sources.Length > 1)
            throw new UsageException($"{url.Path} is no folder on the server; several files need one. Make it with mkdir, or write a trailing /.");
        if (there == EntryKind.Folder && sources.Contains("-"))
            throw new UsageException($"{url.Path} is a folder: say what standard input is to be called there.");
        if (there is not (null or EntryKind.Folder) && Directory.Exists(sources[0]))
            throw new IOException($"{url.Path} is a file on the server; a folder cannot take its place.");
    }

    // The root has no name: what is in it goes into the folder itself.
    private static RemotePath Into(RemotePath folder, string source)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)));
        return name.Length == 0 ? folder : folder.Append(RemotePath.FromText(name).Bytes);
    }

    // What is no regular file has no length that means anything.
    private static long Length(string source) => source != "-" && new FileInfo(source) is { Exists: true } info ? info.Length : 0;

    protected override Command Build()
    {
        var command = new Command("put", "Upload files, or with -r folders. Each file appears at once, complete and verified; one that is there already costs nothing, and one that was cut goes on.") { _words };
        _options.AddTo(command);
        return Finish(command);
    }
}
