using System.CommandLine;
using Argosy.Cli.Messages;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary><c>argosy mkdir URL...</c></summary>
internal sealed class MakeFolderCommand : RemoteCommand
{
    private readonly Argument<string[]> _urls = new("URL...") { Description = "The new folders.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> _parents = new("--parents", "-p") { Description = "Make the folders on the way too, and do not mind if it exists." };

    public static Command Create() => new MakeFolderCommand().Build();

    protected override Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop) =>
        EachAsync(parsed.GetRequiredValue(_urls), remote, (client, path, cancel) => MakeAsync(client, path, parsed.GetValue(_parents), remote.Results, cancel), stop);

    private static async Task<Action> MakeAsync(FileClient client, RemotePath path, bool parents, Results results, CancellationToken stop)
    {
        try
        {
            await client.MakeFolderAsync(path, parents, stop);
        }
        catch (RefusedException refused) when (refused.Error == "exists" && !parents)
        {
            throw refused.InOtherWords(PlaceText.AlreadyExists(path));
        }

        return () => results.Show("", json =>
        {
            json.WriteName("path", path);
            json.WriteString("result", "made");
        });
    }

    protected override Command Build() => Finish(new Command("mkdir", "Make folders.") { _urls, _parents });
}
