using System.CommandLine;
using Argosy.Cli.Messages;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary><c>argosy mv URL NEW</c></summary>
internal sealed class RenameCommand : RemoteCommand
{
    private readonly Argument<string> _url = new("URL") { Description = "What." };
    private readonly Argument<string> _to = new("NEW")
    {
        Description = "Its new name in the same folder; with a leading / a path from the home; or a URL on the same server. An existing folder, or a trailing /, means into it.",
    };

    private readonly Option<bool> _noClobber = new("--no-clobber") { Description = "Refuse to replace a file." };

    public static Command Create() => new RenameCommand().Build();

    protected override async Task<int> RunAsync(ParseResult parsed, Remote remote, CancellationToken stop)
    {
        var url = ArgosyUrl.Parse(parsed.GetRequiredValue(_url));
        var to = Resolve(url, parsed.GetRequiredValue(_to));
        var client = await remote.ConnectAsync(url, stop);
        if (to.MeansFolder || await client.StatAsync(to, cancellationToken: stop) is { Kind: EntryKind.Folder })
            to = to.Append(url.Path.Name);
        await RenameAsync(client, url.Path, to, !parsed.GetValue(_noClobber), stop);
        remote.Results.Show("", json =>
        {
            json.WriteName("path", url.Path);
            json.WriteName("to", to);
            json.WriteString("result", "renamed");
        });
        return 0;
    }

    private static async Task RenameAsync(FileClient client, RemotePath path, RemotePath to, bool overwrite, CancellationToken stop)
    {
        try
        {
            await client.RenameAsync(path, to, overwrite, stop);
        }
        catch (RefusedException refused) when (refused.Error == "exists" && !overwrite)
        {
            throw refused.InOtherWords(PlaceText.NotReplaced(to));
        }
        catch (RefusedException refused) when (refused.Error == "not-found")
        {
            // Either of the two.
            if (await client.StatAsync(path, followLink: false, stop) is null)
                throw;
            throw refused.InOtherWords(PlaceText.MoveTargetMissing(to));
        }
    }

    private static RemotePath Resolve(ArgosyUrl url, string text)
    {
        if (url.Path.MeansFolder)
            throw new UsageException(PlaceText.NameNeeded(url.Path));
        if (ArgosyUrl.Looks(text))
        {
            var to = ArgosyUrl.Parse(text);
            return to.Authority == url.Authority && (to.User ?? url.User) == url.User
                ? to.Path
                : throw new UsageException(UsageText.OneServer);
        }

        var path = RemotePath.FromBytes(ByteText.ToBytes(text));
        var folder = url.Path.Bytes[..(url.Path.Bytes.Length - url.Path.Name.Length)];
        return path.Bytes.Span[0] == (byte)'/' ? path : RemotePath.FromBytes(folder).Append(path.Bytes);
    }

    protected override Command Build() => Finish(new Command("mv", "Rename or move on the server.") { _url, _to, _noClobber });
}
