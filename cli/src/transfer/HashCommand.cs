using System.CommandLine;
using Argosy.Cli.Messages;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary><c>argosy hash URL...</c></summary>
internal sealed class HashCommand : RemoteCommand
{
    private readonly Argument<string[]> _urls = new("URL...") { Description = "The files.", Arity = ArgumentArity.OneOrMore };

    private readonly Option<string> _algorithm = new("--algorithm")
    {
        Description = $"One of {UsageText.Algorithms}.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "sha256",
    };

    public static Command Create() => new HashCommand().Build();

    protected override async Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop)
    {
        var typed = parsed.GetRequiredValue(_algorithm);
        var algorithm = HashAlgorithms.Find(typed) ?? throw new UsageException(UsageText.UnknownAlgorithm(typed));
        var name = HashAlgorithms.Name(algorithm);
        var urls = parsed.GetRequiredValue(_urls);
        // Whoever is asked for a password is asked before there is a progress line.
        foreach (var url in urls)
            await remote.ConnectAsync(ArgosyUrl.Parse(url), stop);
        var progress = new Progress(remote.Results, 0) { Activity = $"computing {name}", Subject = urls.Length == 1 ? ArgosyUrl.Parse(urls[0]).Path.ToString() : "" };
        var hashes = EachAsync(urls, remote, (client, path, cancel) => HashAsync(client, path, name, algorithm, remote.Results, cancel), stop);
        return await progress.ShowAsync(hashes, stop);
    }

    private static async Task<Action> HashAsync(FileClient client, RemotePath path, string name, HashAlgorithm algorithm, Results results, CancellationToken stop)
    {
        var hash = await client.HashAsync(path, algorithm, stop);
        return () => results.Show($"{hash}  {path}", json =>
        {
            json.WriteName("path", path);
            json.WriteString("algorithm", name);
            json.WriteString("hash", hash);
        });
    }

    protected override Command Build() => Finish(new Command("hash", "Let the server compute files' checksums.") { _urls, _algorithm });
}
