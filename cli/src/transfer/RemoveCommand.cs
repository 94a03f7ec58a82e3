using System.CommandLine;
using Argosy.Cli.Messages;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary><c>argosy rm URL...</c></summary>
internal sealed class RemoveCommand : RemoteCommand
{
    private readonly Argument<string[]> _urls = new("URL...") { Description = "Files or links; with -r also folders.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "A folder, with all that is in it." };

    public static Command Create() => new RemoveCommand().Build();

    protected override async Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop)
    {
        var isRecursive = parsed.GetValue(_recursive);
        return await EachAsync(parsed.GetRequiredValue(_urls), remote, (client, path, cancel) => RemoveAsync(client, path, isRecursive, remote.Results, cancel), stop);
    }

    private static async Task<Action> RemoveAsync(FileClient client, RemotePath path, bool isRecursive, Results results, CancellationToken stop)
    {
        var entry = await client.StatAsync(path, followLink: false, stop)
                    ?? throw RefusedException.NotFound(path);
        if (entry.Kind != EntryKind.Folder)
            await client.RemoveAsync(path, stop);
        else if (isRecursive)
            await client.RemoveFolderAsync(path, recursive: true, stop);
        else
            throw new CommandException(PlaceText.IsAFolder(path));
        return () => results.Show("", json =>
        {
            json.WriteName("path", path);
            json.WriteString("result", "removed");
        });
    }

    protected override Command Build() => Finish(new Command("rm", "Remove files, or folders.") { _urls, _recursive });
}
