using Argosy.Cli.Messages;
using Argosy.Cli.Output;
using Argosy.Cli.Shell.Editing;
using Argosy.Cli.Transfer;
using Argosy.Client;

namespace Argosy.Cli.Shell;

/// <summary>
/// Where a shell is and whom it talks to. Names in it are those of the folder it is in; what it does is what the commands of the command line do, with
/// these names written out as URLs.
/// </summary>
internal sealed class RemoteShell(ArgosyUrl url, Remote remote, ILines lines)
{
    private readonly ArgosyUrl _root = url with { Path = RemotePath.Root };
    private Task _settled = Task.CompletedTask;

    public Remote Remote => remote;

    public Results Results => remote.Results;

    public ILines Lines => lines;

    /// <summary>The folder on the server, without a slash at its end.</summary>
    public RemotePath Folder { get; private set; } = RemotePath.Root;

    /// <summary>The one before.</summary>
    public RemotePath? Previous { get; private set; }

    /// <summary>True once it was told to end.</summary>
    public bool IsOver { get; set; }

    /// <summary>Whom it talks to: <c>alex@host</c>.</summary>
    public string Name => $"{(_root.User is { } user ? Terminal.Escape(user) + "@" : "")}{_root.Host}";

    /// <summary>The session; a new one where the last has ended.</summary>
    public Task<FileClient> ConnectAsync(CancellationToken stop) => remote.ConnectAsync(_root, stop);

    /// <summary>What a name means here, bytes and all.</summary>
    /// <exception cref="FormatException">It can be no name.</exception>
    public RemotePath Resolve(string name) => RemoteFolders.Resolve(Folder, ByteText.ToBytes(name));

    /// <summary>A place as the commands of the command line are told it.</summary>
    public string Url(RemotePath path) => (_root with { Path = path }).ToString();

    /// <summary>Goes to a folder.</summary>
    /// <exception cref="RefusedException">There is nothing.</exception>
    /// <exception cref="CommandException">It is no folder.</exception>
    public async Task EnterAsync(RemotePath folder, CancellationToken stop)
    {
        var client = await ConnectAsync(stop);
        if (await client.StatAsync(folder, cancellationToken: stop) is not { } entry)
            throw RefusedException.NotFound(folder);
        if (entry.Kind != EntryKind.Folder)
            throw new CommandException(PlaceText.NotAFolder(folder));
        var place = RemoteFolders.Resolve(RemotePath.Root, folder.Bytes.Span.TrimEnd((byte)'/'));
        if (place != Folder)
            (Previous, Folder) = (Folder, place);
    }

    /// <summary>Makes sure that there is a session, and says so where it has to be a new one.</summary>
    public async Task ReadyAsync(CancellationToken stop)
    {
        await _settled.WaitAsync(stop);
        if (!await remote.ForgetEndedAsync(_root))
            return;
        await ConnectAsync(stop);
        Results.Advise(StopText.Reconnected(_root.Authority));
    }

    /// <summary>
    /// After a transfer was given up: the session is fit for more when it answers soon. Where what was asked for still comes, and keeps coming, it
    /// is ended, and the next command makes a new one.
    /// </summary>
    /// <param name="patience">How soon.</param>
    public void Settle(TimeSpan patience) => _settled = SettleAsync(patience);

    /// <summary>Ends the session, whatever it is doing.</summary>
    public ValueTask AbandonAsync() => remote.RemoveAsync(_root);

    private async Task SettleAsync(TimeSpan time)
    {
        using var patience = new CancellationTokenSource(time);
        try
        {
            await (await ConnectAsync(patience.Token)).PingAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            await remote.RemoveAsync(_root);
        }
        catch (Exception exception) when (ExitCodes.Of(exception) is not null)
        {
            // The session has ended by itself: the next command finds that out, and says so.
        }
    }
}
