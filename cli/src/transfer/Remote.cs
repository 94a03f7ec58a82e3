using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary>The servers that one command talks to: one session for each, opened when it is needed. The password is asked for once for each account.</summary>
/// <param name="options">How to know a server.</param>
/// <param name="passwordStdin">True: the password is on standard input.</param>
/// <param name="results">Where results go.</param>
internal sealed class Remote(ClientOptions options, bool passwordStdin, Results results) : IAsyncDisposable
{
    private readonly Dictionary<ArgosyUrl, FileClient> _sessions = [];
    private string? _fromInput;

    public Results Results => results;

    /// <summary>The session for a URL, whatever its path.</summary>
    public async Task<FileClient> ConnectAsync(ArgosyUrl url, CancellationToken stop)
    {
        var place = url with { Path = RemotePath.Root };
        if (_sessions.TryGetValue(place, out var session))
            return session;
        session = await FileClient.ConnectAsync(url, options with { Password = cancelled => AskAsync(url, cancelled) }, stop);
        return _sessions[place] = session;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions.Values)
            await session.DisposeAsync();
    }

    private async ValueTask<string?> AskAsync(ArgosyUrl url, CancellationToken stop)
    {
        if (passwordStdin)
            return _fromInput ??= await Console.In.ReadLineAsync(stop);
        if (Environment.GetEnvironmentVariable("ARGOSY_PASSWORD") is { Length: > 0 } password)
            return password;
        return Prompts.CanAsk ? await Prompts.PasswordAsync(url, stop) : null;
    }
}
