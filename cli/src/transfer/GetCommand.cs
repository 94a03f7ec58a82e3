using System.CommandLine;
using Argosy.Cli.Messages;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary><c>argosy get URL... [DEST]</c></summary>
internal sealed class GetCommand : RemoteCommand
{
    private readonly Argument<string[]> _words = new("URL... [DEST]")
    {
        Description = "Remote files; quote wildcards (* ? [a-z]). With -r folders too. Then where to: a folder, a file's name, or - for standard output. Without it: this folder.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _toTerminal = new("--to-terminal") { Description = "With -: what is no text too, where standard output is a terminal." };
    private readonly TransferOptions _options = new("here");

    public static Command Create() => new GetCommand().Build();

    protected override async Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop)
    {
        var words = parsed.GetRequiredValue(_words);
        var hasTarget = words.Length > 1 && !ArgosyUrl.Looks(words[^1]);
        var urls = (hasTarget ? words[..^1] : words).Select(ArgosyUrl.Parse).ToList();
        var isRecursive = _options.IsRecursive(parsed);
        var target = new GetTarget(hasTarget ? words[^1] : ".", urls.Count > 1);
        if (!isRecursive)
            urls.ForEach(url => target.FileFor(url.Path));
        var trees = _options.ForTrees(parsed);
        foreach (var url in urls)
            await remote.ConnectAsync(url, stop);
        var code = 0;
        var (files, folders) = (new List<ArgosyUrl>(), new List<ArgosyUrl>());
        await foreach (var (url, kind) in FindAsync(remote, urls, isRecursive, missing => code = missing, stop))
            (kind == EntryKind.Folder ? folders : files).Add(url);
        // Where a wildcard was expanded there could have been several: what it means must not depend on how many there are today.
        target = target with { IsForSeveral = files.Concat(folders).Any(found => urls.Count > 1 || found.Path != urls[0].Path) };
        if (remote.MayContinue is not null && !target.IsOutput)
            await ContinueOrBeginAsync(remote, files, target, stop);
        CanResume = !target.IsOutput;
        var sources = files.Select(url => (Url: url, Place: target.FileFor(url.Path), IsFolder: false))
            .Concat(folders.Select(url => (Url: url, Place: target.FolderFor(url), IsFolder: true))).ToList();
        var (plan, left) = target.IsOutput ? (sources, 0) : Targets.Distinct(
            sources, source => Terminal.Escape(source.Place), source => source.Url.Path.ToString(), remote.Results);
        var progress = new Progress(remote.Results, 0);
        progress.Expect(plan.Count(source => !source.IsFolder));
        progress.ExpectTrees(plan.Count(source => source.IsFolder));
        // What goes to the terminal itself needs all of it.
        var isText = !Console.IsOutputRedirected && !parsed.GetValue(_toTerminal);
        return target.IsOutput && !Console.IsOutputRedirected ? await GetAllAsync() : await progress.ShowAsync(GetAllAsync(), stop);

        async Task<int> GetAllAsync()
        {
            code = Math.Max(Math.Max(code, left), await Batch.RunAsync(
                plan.Where(source => !source.IsFolder),
                (source, cancel) => GetAsync(remote, source.Url, source.Place, isText, _options.ForGet(parsed), progress, cancel),
                source => source.Url.Path.ToString(),
                remote.Results,
                stop));
            foreach (var folder in plan.Where(source => source.IsFolder).TakeWhile(_ => code < ExitCodes.NotReachable))
            {
                var client = await remote.ConnectAsync(folder.Url, stop);
                var outcomes = client.GetFolderAsync(folder.Url.Path, folder.Place, trees with { Progress = progress.BeginTree() }, stop);
                code = Math.Max(code, await new TreeReport(remote.Results, isUp: false).ShowAsync(outcomes));
            }

            return code;
        }
    }

    private static async Task ContinueOrBeginAsync(Remote remote, List<ArgosyUrl> files, GetTarget target, CancellationToken stop)
    {
        var unfinished = new List<UnfinishedPart>();
        foreach (var url in files)
        {
            var client = await remote.ConnectAsync(url, stop);
            if (client.FindUnfinishedGet(url.Path, target.FileFor(url.Path), UnfinishedTransfers.Default) is { } part)
                unfinished.Add(part);
        }

        await remote.ContinueOrBeginAsync(unfinished, stop);
    }

    /// <summary>What the URLs mean, once wildcards are expanded; whether each is a folder is asked only where folders are wanted.</summary>
    private static async IAsyncEnumerable<(ArgosyUrl Url, EntryKind Kind)> FindAsync(
        Remote remote, List<ArgosyUrl> urls, bool isRecursive, Action<int> fail, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        foreach (var url in urls)
        {
            var client = await remote.ConnectAsync(url, stop);
            var isAny = false;
            await foreach (var path in client.ExpandAsync(url.Path, stop))
            {
                isAny = true;
                var kind = isRecursive ? (await client.StatAsync(path, cancellationToken: stop))?.Kind : null;
                yield return (url with { Path = path }, kind ?? EntryKind.File);
            }

            if (isAny)
                continue;
            remote.Results.Fail(RefusedException.NotFound(url.Path).InOtherWords(PlaceText.NothingMatchesThere), url.Path.ToString());
            fail(1);
        }
    }

    private static async Task<Action> GetAsync(
        Remote remote, ArgosyUrl url, string file, bool isText, GetOptions options, Progress progress, CancellationToken stop)
    {
        var client = await remote.ConnectAsync(url, stop);
        using var part = progress.Begin(url.Path.ToString());
        options = options with { Progress = part };
        if (file == "-")
        {
            await using var output = isText ? new TextOnly(StandardStreams.OpenOutput()) : StandardStreams.OpenOutput();
            await client.GetAsync(url.Path, output, options, stop);
            return () => { };
        }

        if (!options.Overwrite && LocalFiles.Find(file) is not (null or { Kind: EntryKind.Folder }))
            return () => Show("exists, left alone", "left", null);
        try
        {
            var fetched = await client.GetAsync(url.Path, file, options, stop);
            return () => Show(
                fetched.WasThere ? "already there" : Sizes.Of(fetched.Size), fetched.WasThere ? "unchanged" : "fetched", fetched.Size);
        }
        catch (RefusedException refused) when (refused.Error == "is-a-folder")
        {
            throw refused.InOtherWords(PlaceText.IsAFolderToGet(url.Path));
        }

        void Show(string what, string result, long? size) => remote.Results.Show($"{Terminal.Escape(file)}  {what}", json =>
        {
            json.WriteName("file", RemotePath.FromText(file));
            json.WriteName("path", url.Path);
            json.WriteString("result", result);
            if (size is { } bytes)
                json.WriteNumber("size", bytes);
        });
    }

    protected override Command Build()
    {
        var command = new Command("get", "Download files, or with -r folders. Each appears under its name only when it is complete and verified; skips identical files, resumes interrupted ones.") { _words };
        _options.AddTo(command);
        command.Add(_toTerminal);
        return Finish(command);
    }

    /// <summary>Where things go that are fetched.</summary>
    /// <param name="Name">What the user said.</param>
    /// <param name="IsForSeveral">True where there may be more than one, so that a file's name is not enough.</param>
    private sealed record GetTarget(string Name, bool IsForSeveral)
    {
        public bool IsOutput => Name == "-";

        private bool IsFolder => Name.EndsWith('/') || LocalFiles.IsFolder(Name);

        /// <exception cref="UsageException">That cannot be said.</exception>
        public string FileFor(RemotePath path)
        {
            if (IsOutput)
                return Name;
            if (Name.Length == 0)
                throw new UsageException(UsageText.TargetIsEmpty);
            if (!IsFolder)
            {
                return !IsForSeveral ? Name : throw new UsageException(PlaceText.SeveralNeedAFolderHere(Terminal.Escape(Name)));
            }

            return path.MeansFolder
                ? throw new UsageException(PlaceText.IsAFolderToGet(path))
                : Path.Combine(Name, ByteText.OfBytes(path.Name.Span));
        }

        /// <summary>As cp does: into a folder that exists. But a command that is repeated means the same place again.</summary>
        public string FolderFor(ArgosyUrl url)
        {
            if (IsOutput)
                throw new UsageException(PlaceText.FolderToOutput);
            if (Name.Length == 0)
                throw new UsageException(UsageText.TargetIsEmpty);
            var from = (url with { Fingerprint = null }).ToString().TrimEnd('/');
            if (!IsForSeveral && !Name.EndsWith('/') && !IsHere && UnfinishedTransfers.Default.IsWhole(from, LocalFiles.Full(Name), !IsFolder))
                return Name;
            if (IsForSeveral && !IsFolder)
                FileFor(url.Path);
            var name = RemotePath.FromBytes(url.Path.Bytes[..url.Path.Bytes.Span.TrimEnd((byte)'/').Length]).Name;
            return url.Path.Bytes.Span.Trim((byte)'/').IsEmpty ? Name : Path.Combine(Name, ByteText.OfBytes(name.Span));
        }

        private bool IsHere => Name is "." or "..";
    }
}
