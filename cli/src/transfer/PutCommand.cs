using System.CommandLine;
using Argosy.Cli.Messages;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary><c>argosy put PATH... URL</c></summary>
internal sealed class PutCommand : RemoteCommand
{
    private readonly Argument<string[]> _words = new("PATH... URL")
    {
        Description = "Local files (- is standard input); with -r folders too. Then where to: a folder, or a trailing /, means into it.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly TransferOptions _options = new("on the server");

    public static Command Create() => new PutCommand().Build();

    protected override async Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop)
    {
        try
        {
            return await PutAsync(parsed, remote, stop);
        }
        catch (RefusedException refused) when (refused.Deed is not null && _options.IsRecursive(parsed) && parsed.GetRequiredValue(_words).SkipLast(1).Any(LocalFiles.IsFolder))
        {
            // Folders are looked at before they are made: a drop box allows neither.
            throw refused.Path is { } path ? refused.InOtherWords(PlaceText.FilesOnly(path)) : refused;
        }
    }

    private async Task<int> PutAsync(ParseResult parsed, Remote remote, CancellationToken stop)
    {
        var words = parsed.GetRequiredValue(_words);
        if (words.Length < 2)
            throw new UsageException(UsageText.MissingWords("put", "argosy put", ""));
        // What looks like another program's place is told how it is written here.
        var url = ArgosyUrl.Looks(words[^1]) || words[^1].Contains(':', StringComparison.Ordinal)
            ? ArgosyUrl.Parse(words[^1])
            : throw new UsageException(UsageText.LastIsNoUrl(words[0]));
        var sources = words[..^1];
        Check(sources, TakesStandardInput(parsed), _options.IsRecursive(parsed));
        var trees = _options.ForTrees(parsed);
        var client = await remote.ConnectAsync(url, stop);
        var there = url.Path.MeansFolder ? EntryKind.Folder : (await client.StatAsync(url.Path, cancellationToken: stop))?.Kind;
        Check(sources, url, there);
        CanResume = sources.Any(source => Length(source) > 0 || LocalFiles.IsFolder(source));
        var (plan, left) = Targets.Distinct(
            sources.Select(source => (Name: source, Place: PlaceOf(source), IsFolder: LocalFiles.IsFolder(source))).ToList(),
            source => source.Place.ToString(),
            source => Terminal.Escape(source.Name),
            remote.Results);
        var folders = plan.Where(source => source.IsFolder).ToList();
        if (remote.MayContinue is not null)
            await ContinueOrBeginAsync(remote, client, plan.Where(source => LocalFiles.Find(source.Name) is not (null or { Kind: EntryKind.Folder })).Select(source => (source.Name, source.Place)), stop);
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
            (LocalFiles.IsFolder(source) ? sources.Length == 1 && !url.Path.MeansFolder && IsWhole(source, url, there is null) : there != EntryKind.Folder)
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
            Path.TrimEndingDirectorySeparator(LocalFiles.Full(folder)), (url with { Fingerprint = null }).ToString(), isNew);

    private static void Check(string[] sources, bool isInputTaken, bool isRecursive)
    {
        foreach (var source in sources)
        {
            if (ArgosyUrl.Looks(source))
                throw new UsageException(UsageText.OnlyLastIsUrl);
            if (source.Length == 0)
                throw new UsageException(PlaceText.NameIsEmpty);
            if (!isRecursive && LocalFiles.IsFolder(source))
                throw new UsageException(PlaceText.IsAFolderToPut(Terminal.Escape(source)));
        }

        if (sources.Count(source => source == "-") > (isInputTaken ? 0 : 1))
            throw new UsageException(UsageText.InputTwice);
        if (sources.Contains("-"))
            StandardStreams.OpenInput().Dispose();
    }

    private static void Check(string[] sources, ArgosyUrl url, EntryKind? there)
    {
        if (there != EntryKind.Folder && sources.Length > 1)
            throw new UsageException(PlaceText.SeveralNeedAFolder(url));
        if (there == EntryKind.Folder && sources.Contains("-"))
            throw new UsageException(PlaceText.InputNeedsAName(url.Path));
        if (there is not (null or EntryKind.Folder) && LocalFiles.IsFolder(sources[0]))
            throw new CommandException(PlaceText.FileInTheWay(url.Path));
    }

    // The root has no name: what is in it goes into the folder itself.
    private static RemotePath Into(RemotePath folder, string source)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(LocalFiles.Full(source)));
        return name.Length == 0 ? folder : folder.Append(ByteText.ToBytes(name));
    }

    // What is no regular file has no length that means anything.
    private static long Length(string source) => source != "-" && LocalFiles.Find(source) is { } entry ? entry.Size : 0;

    protected override Command Build()
    {
        var command = new Command("put", "Upload files, or with -r folders. Each appears under its name only when it is complete and verified; skips identical files, resumes interrupted ones.") { _words };
        _options.AddTo(command);
        return Finish(command);
    }
}
