using System.CommandLine;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary><c>argosy hash URL</c></summary>
internal sealed class HashCommand : RemoteCommand
{
    private readonly Argument<string> _url = new("URL") { Description = "The file." };

    private readonly Option<string> _algorithm = new("--algorithm")
    {
        Description = "crc32c, md5 or sha256.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "sha256",
    };

    public static Command Create() => new HashCommand().Build();

    protected override async Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop)
    {
        var url = ArgosyUrl.Parse(parsed.GetRequiredValue(_url));
        var name = parsed.GetRequiredValue(_algorithm);
        var client = await remote.ConnectAsync(url, stop);
        var progress = new Progress(remote.Results, 0) { Activity = $"computing {name}", Subject = url.Path.ToString() };
        return await progress.ShowAsync(HashAsync(), stop);

        async Task<int> HashAsync()
        {
            var hash = await client.HashAsync(url.Path, Algorithm(name), stop);
            remote.Results.Show($"{hash}  {url.Path}", json =>
            {
                json.WriteName("path", url.Path);
                json.WriteString("algorithm", name);
                json.WriteString("hash", hash);
            });
            return 0;
        }
    }

    private static HashAlgorithm Algorithm(string name) => name switch
    {
        "crc32c" => HashAlgorithm.Crc32C,
        "md5" => HashAlgorithm.Md5,
        _ => HashAlgorithm.Sha256,
    };

    private Command Build()
    {
        _algorithm.AcceptOnlyFromAmong("crc32c", "md5", "sha256");
        return Finish(new Command("hash", "Let the server compute a file's checksum.") { _url, _algorithm });
    }
}
