using System.CommandLine;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary><c>argosy mkdir URL</c></summary>
internal sealed class MakeFolderCommand : RemoteCommand
{
    private readonly Argument<string> _url = new("URL") { Description = "The new folder." };
    private readonly Option<bool> _parents = new("--parents", "-p") { Description = "Make the folders on the way too, and do not mind if it exists." };

    public static Command Create() => new MakeFolderCommand().Build();

    protected override async Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop)
    {
        var url = ArgosyUrl.Parse(parsed.GetRequiredValue(_url));
        var client = await remote.ConnectAsync(url, stop);
        await client.MakeFolderAsync(url.Path, parsed.GetValue(_parents), stop);
        remote.Results.Show("", json =>
        {
            json.WriteName("path", url.Path);
            json.WriteString("result", "made");
        });
        return 0;
    }

    private Command Build() => Finish(new Command("mkdir", "Make a folder.") { _url, _parents });
}
