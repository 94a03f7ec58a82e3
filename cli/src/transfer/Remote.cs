using System.Collections.Concurrent;
using Argosy.Cli.Messages;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary>The servers that one command talks to: one session for each, opened when it is needed. The password is asked for once for each account.</summary>
/// <param name="options">How to know a server.</param>
/// <param name="passwordStdin">True: the password is on standard input.</param>
/// <param name="results">Where results go.</param>
internal sealed class Remote(ClientOptions options, bool passwordStdin, Results results) : IAsyncDisposable
{
    // A signal may end a session while a command uses it.
    private readonly ConcurrentDictionary<ArgosyUrl, FileClient> _sessions = [];
    private readonly Dictionary<ArgosyUrl, string> _typed = [];
    private string? _fromInput;

    public Results Results => results;

    /// <summary>Asks somebody whether transfers that were cut go on, or begin again; null: they go on.</summary>
    public Func<IReadOnlyList<UnfinishedPart>, CancellationToken, Task<bool>>? MayContinue { get; init; }

    /// <summary>True once somebody was asked for a password.</summary>
    public bool WasTyped { get; private set; }

    /// <summary>The session for a URL, whatever its path.</summary>
    public async Task<FileClient> ConnectAsync(ArgosyUrl url, CancellationToken stop)
    {
        var place = url with { Path = RemotePath.Root };
        if (_sessions.TryGetValue(place, out var session))
            return session;
        try
        {
            session = await FileClient.ConnectAsync(url, options with { Password = cancelled => AskAsync(url, cancelled) }, stop);
            results.HasBegun = true;
            results.VisitsAt ??= url.User is null ? url.Host : null;
            return _sessions[place] = session;
        }
        catch (RefusedException refused) when (refused.Error == "login-failed")
        {
            _typed.Remove(place);
            throw;
        }
    }

    /// <summary>Whether the session for a URL was opened and has ended since. Then it is forgotten: the next to ask gets a new one.</summary>
    public async ValueTask<bool> ForgetEndedAsync(ArgosyUrl url)
    {
        if (!_sessions.TryGetValue(url with { Path = RemotePath.Root }, out var session) || session.IsOpen)
            return false;
        await RemoveAsync(url);
        return true;
    }

    /// <summary>Ends the session for a URL; the next to ask gets a new one.</summary>
    public async ValueTask RemoveAsync(ArgosyUrl url)
    {
        if (_sessions.TryRemove(url with { Path = RemotePath.Root }, out var session))
            await session.DisposeAsync();
    }

    /// <summary>Asks what is to become of transfers that were cut, where there are any and somebody can be asked.</summary>
    public async Task ContinueOrBeginAsync(IReadOnlyList<UnfinishedPart> unfinished, CancellationToken stop)
    {
        if (unfinished.Count == 0 || MayContinue is null || await MayContinue(unfinished, stop))
            return;
        foreach (var part in unfinished)
            await part.DiscardAsync(stop);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions.Values)
            await session.DisposeAsync();
    }

    private async ValueTask<string?> AskAsync(ArgosyUrl url, CancellationToken stop)
    {
        if (passwordStdin)
            return _fromInput ??= await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(stop) ?? throw new CommandException(PromptText.PasswordInputIsEmpty, ExitCodes.Usage);
        if (Environment.GetEnvironmentVariable("ARGOSY_PASSWORD") is { Length: > 0 } password)
            return password;
        if (!Prompts.CanAsk)
            return null;
        var place = url with { Path = RemotePath.Root };
        WasTyped = true;
        return _typed.TryGetValue(place, out var typed) ? typed : _typed[place] = await Prompts.PasswordAsync(url, stop) ?? "";
    }
}
