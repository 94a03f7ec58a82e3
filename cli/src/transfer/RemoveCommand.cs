using System.CommandLine;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary><c>argosy rm URL</c></summary>
internal sealed class RemoveCommand : RemoteCommand
{
    private readonly Argument<string> _url = new("URL") { Description = "A file or link; with -r also a folder." };
    private readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "A folder, with all that is in it." };

    public static Command Create() => new RemoveCommand().Build();

    protected override async Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop)
    {
        var url = ArgosyUrl.Parse(parsed.GetRequiredValue(_url));
        var client = await remote.ConnectAsync(url, stop);
        var entry = await client.StatAsync(url.Path, followLink: false, stop)
                    ?? throw new IOException($"{url.Path} does not exist on the server.");
        if (entry.Kind != EntryKind.Folder)
            await client.RemoveAsync(url.Path, stop);
        else if (parsed.GetValue(_recursive))
            await client.RemoveFolderAsync(url.Path, recursive: true, stop);
        else
            throw new IOException($"{url.Path} is a folder. To remove it with all that is in it: argosy rm -r");
        remote.Results.Show("", json =>
        {
            json.WriteName("path", url.Path);
            json.WriteString("result", "removed");
        });
        return 0;
    }

    private Command Build() => Finish(new Command("rm", "Remove a file, or a folder.") { _url, _recursive });
}
