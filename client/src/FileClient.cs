using System.Security.Cryptography.X509Certificates;
using Argosy.Wire;

namespace Argosy.Client;

/// <summary>
/// A session with a server. Its operations may be called from anywhere at the same time: they share one connection, leave in the order of
/// their calls without waiting for each other, and come back in that order. A slow source or sink of one holds up those behind it.
/// </summary>
/// <remarks>
/// Every operation throws <see cref="RefusedException"/> when the server says no, <see cref="NotReachableException"/> when it went
/// away, and <see cref="NotVerifiedException"/> when what came is not what was sent. After the last two the session is over.
/// A server ends sessions that ask nothing for ten minutes.
/// </remarks>
/// <example>
/// <code>
/// var url = ArgosyUrl.Parse("argosy://alex@files.example/");
/// var options = new ClientOptions { Password = ClientOptions.UsePassword(secret) };
/// await using var client = await FileClient.ConnectAsync(url, options);
/// await client.PutAsync("report.pdf", "/reports/report.pdf");
/// await foreach (var entry in client.ListAsync("/reports"))
///     Console.WriteLine($"{entry.Size,12} {entry.Name}");
/// </code>
/// </example>
public sealed partial class FileClient : IAsyncDisposable
{
    private readonly ClientOptions _options;
    private readonly SemaphoreSlim _reconnecting = new(1);
    private volatile Session _session;
    private volatile bool _isDisposed;

    private FileClient(Session session, ArgosyUrl url, ClientOptions options, Fingerprint? fingerprint)
    {
        (_session, Url, _options, ServerFingerprint) = (session, url, options, fingerprint);
        Packs = new(this, static files => new PackUpload(files));
        Fetches = new(this, static files => new PackDownload(files));
    }

    /// <summary>The connection as it is now.</summary>
    internal Session Session => _session;

    /// <summary>Whom it is connected to.</summary>
    public ArgosyUrl Url { get; }

    /// <summary>The server's key; null on a plain connection.</summary>
    public Fingerprint? ServerFingerprint { get; }

    /// <summary>The server's name and version as it says, safe to show.</summary>
    public string Server { get; private init; } = "";

    /// <summary>Which commands the server knows that not every server does (docs/protocol.md section 7).</summary>
    internal IReadOnlyList<string> Features { get; private init; } = [];

    /// <summary>False once the session is over, however it ended; a new one has to be made then.</summary>
    public bool IsOpen => _session is { IsOver: false } or { IsLostByPause: true } && !_isDisposed;

    /// <summary>Connects, makes sure that the server is the one meant, and logs in.</summary>
    /// <param name="url">Where; without a user the session is anonymous. Its path plays no part.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NotReachableException">Nobody answers there.</exception>
    /// <exception cref="NotTrustedException">It is not, or may not be, the server meant. No password was sent (none ever is).</exception>
    /// <exception cref="RefusedException">The login failed, or the server takes no more sessions.</exception>
    /// <exception cref="NotVerifiedException">What answers does not speak Argosy's protocol.</exception>
    public static async Task<FileClient> ConnectAsync(
        ArgosyUrl url, ClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ClientOptions();
        var (session, greeting, certificate) = await OpenAsync(url, options, cancellationToken).ConfigureAwait(false);
        return new FileClient(session, url, options, certificate is null ? null : Fingerprint.Of(certificate)) { Server = greeting.Server, Features = options.MayShareRequests ? greeting.Features : [] };
    }

    /// <summary>Asks the server for a sign of life.</summary>
    public Task PingAsync(CancellationToken cancellationToken = default) =>
        AskAsync(id => new Request { Command = "ping", Id = id }, Nothing, cancellationToken);

    /// <summary>Ends the session. Operations that are under way fail with <see cref="ObjectDisposedException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        await _session.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Connects again in place of a session that was lost while this process was stopped, or its machine slept: the server cannot have known that
    /// somebody would come back. Whoever comes second finds the new session.
    /// </summary>
    internal async Task ReconnectAsync(Session lost, CancellationToken stop)
    {
        await _reconnecting.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (_session != lost)
                return;
            // The same server as before, and nobody is asked about it.
            var known = ServerFingerprint is null ? _options : _options with { Fingerprint = ServerFingerprint, KnownServers = new KnownServers(null) };
            var (session, _, _) = await OpenAsync(Url, known, stop).ConfigureAwait(false);
            await lost.DisposeAsync().ConfigureAwait(false);
            _session = session;
            if (_isDisposed)
                await session.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _reconnecting.Release();
        }
    }

    private static async Task<(Session Session, ServerGreeting Greeting, X509Certificate2? Certificate)> OpenAsync(
        ArgosyUrl url, ClientOptions options, CancellationToken cancellationToken)
    {
        var (link, password) = await Link.OpenAsync(url, options, cancellationToken).ConfigureAwait(false);
        var session = new Session(link.Stream, url.Authority, options.SilenceTimeout, options.Clock);
        try
        {
            var greeting = await Login.RunAsync(session, url, options, link.Certificate, password, cancellationToken).ConfigureAwait(false);
            return (session, greeting, link.Certificate);
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static bool Nothing(Reply reply) => true;

    // What changes something and cannot be told from what somebody else changed is not asked twice.
    private Task<T> AskAsync<T>(
        Func<long, Request> describe, Func<Reply, T> read, CancellationToken cancellationToken, bool isLong = false, bool mayRepeat = true) =>
        RunAsync(() => new Question<T>(describe, read, isLong), cancellationToken, mayRepeat);

    /// <summary>Sends a request that can be made a second time where the session was lost because this process was stopped.</summary>
    internal async Task<T> RunAsync<T>(Func<Exchange<T>> make, CancellationToken stop, bool mayRepeat = true)
    {
        var session = _session;
        try
        {
            return await session.RunAsync(make(), stop).ConfigureAwait(false);
        }
        catch (ClientException) when (mayRepeat && session.IsLostByPause)
        {
            await ReconnectAsync(session, stop).ConfigureAwait(false);
            return await _session.RunAsync(make(), stop).ConfigureAwait(false);
        }
    }
}
