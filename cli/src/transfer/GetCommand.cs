using System.CommandLine;
using System.Text.Unicode;
using System.Text;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary><c>argosy get URL... [DEST]</c></summary>
internal sealed class GetCommand : RemoteCommand
{
    private readonly Argument<string[]> _words = new("URL... [DEST]")
    {
        Description = "Files on servers, then where to: a folder, a file's name, or - for standard output. Without it: this folder.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _noClobber = new("--no-clobber") { Description = "Leave files alone that exist here." };
    private readonly Option<bool> _noVerify = new("--no-verify") { Description = "Skip the checksum; lengths are still compared." };

    public static Command Create() => new GetCommand().Build();

    protected override async Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop)
    {
        var words = parsed.GetRequiredValue(_words);
        var hasTarget = !ArgosyUrl.Looks(words[^1]);
        var target = hasTarget ? words[^1] : ".";
        var urls = (hasTarget ? words[..^1] : words).Select(ArgosyUrl.Parse).ToList();
        if (urls.Count == 0)
            throw new UsageException("Say what to get: argosy get argosy://host/file");
        var plan = urls.Select(url => (Url: url, File: FileFor(url, target, urls.Count))).ToList();
        foreach (var url in urls)
            await remote.ConnectAsync(url, stop);
        var progress = new Progress(remote.Results, 0);
        var options = new GetOptions { Overwrite = !parsed.GetValue(_noClobber), Verify = !parsed.GetValue(_noVerify) };
        return await progress.ShowAsync(Batch.RunAsync(
            plan,
            (item, cancel) => GetAsync(remote, item.Url, item.File, options, progress, cancel),
            item => item.Url.Path.ToString(),
            remote.Results,
            stop));
    }

    private static string FileFor(ArgosyUrl url, string target, int count)
    {
        if (target == "-")
            return target;
        if (target.Length == 0)
            throw new UsageException("The target's name is empty.");
        if (!target.EndsWith('/') && !Directory.Exists(target))
        {
            return count == 1 ? target : throw new UsageException(
                $"“{Terminal.Escape(target)}” is no folder; several files need one. Make it with mkdir.");
        }

        if (url.Path.MeansFolder)
            throw new UsageException($"{url.Path} is a folder. Get takes files; name one in it.");
        return Utf8.IsValid(url.Path.Name.Span)
            ? Path.Combine(target, Encoding.UTF8.GetString(url.Path.Name.Span))
            : throw new UsageException($"{url.Path} is no UTF-8; say what the file is to be called here.");
    }

    private static async Task<Action> GetAsync(
        Remote remote, ArgosyUrl url, string file, GetOptions options, Progress progress, CancellationToken stop)
    {
        var client = await remote.ConnectAsync(url, stop);
        options = options with { Progress = progress.Begin() };
        if (file == "-")
        {
            await using var output = Console.OpenStandardOutput();
            await client.GetAsync(url.Path, output, options, stop);
            return () => { };
        }

        if (!options.Overwrite && File.Exists(file))
            return () => Show("exists, left alone", "left", null);
        try
        {
            var fetched = await client.GetAsync(url.Path, file, options, stop);
            return () => Show(Sizes.Of(fetched.Size), "fetched", fetched.Size);
        }
        catch (RefusedException refused) when (refused.Error == "is-a-folder")
        {
            throw new IOException("It is a folder. Get takes files; name one in it (argosy ls shows them).");
        }

        void Show(string what, string result, long? size) => remote.Results.Show($"{Terminal.Escape(file)}  {what}", json =>
        {
            json.WriteString("file", file);
            json.WriteName("path", url.Path);
            json.WriteString("result", result);
            if (size is { } bytes)
                json.WriteNumber("size", bytes);
        });
    }

    private Command Build() => Finish(new Command("get", "Download files. Each appears at once, complete and verified.") { _words, _noClobber, _noVerify });
}
