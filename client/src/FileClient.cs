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
    private readonly Session _session;

    private FileClient(Session session, ArgosyUrl url, Fingerprint? fingerprint) =>
        (_session, Url, ServerFingerprint) = (session, url, fingerprint);

    /// <summary>Whom it is connected to.</summary>
    public ArgosyUrl Url { get; }

    /// <summary>The server's key; null on a plain connection.</summary>
    public Fingerprint? ServerFingerprint { get; }

    /// <summary>The server's name and version as it says, safe to show.</summary>
    public string Server { get; private init; } = "";

    /// <summary>False once the session is over, however it ended; a new one has to be made then.</summary>
    public bool IsOpen => !_session.IsOver;

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
        var (link, password) = await Link.OpenAsync(url, options, cancellationToken).ConfigureAwait(false);
        var session = new Session(link.Stream, url.Authority, options.SilenceTimeout);
        try
        {
            var greeting = await Login.RunAsync(session, url, options, link.Certificate, password, cancellationToken).ConfigureAwait(false);
            var fingerprint = link.Certificate is { } certificate ? Fingerprint.Of(certificate) : null;
            return new FileClient(session, url, fingerprint) { Server = greeting.Server };
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Asks the server for a sign of life.</summary>
    public Task PingAsync(CancellationToken cancellationToken = default) =>
        AskAsync(id => new Request { Command = "ping", Id = id }, Nothing, cancellationToken);

    /// <summary>Asks the server to run a command. No server of protocol version 1 does: it refuses with <c>unsupported</c>.</summary>
    public Task ExecuteAsync(CancellationToken cancellationToken = default) =>
        AskAsync(id => new Request { Command = "exec", Id = id }, Nothing, cancellationToken);

    /// <summary>Ends the session. Operations that are under way fail with <see cref="ObjectDisposedException"/>.</summary>
    public ValueTask DisposeAsync() => _session.DisposeAsync();

    private static bool Nothing(Reply reply) => true;

    private Task<T> AskAsync<T>(
        Func<long, Request> describe, Func<Reply, T> read, CancellationToken cancellationToken, bool isLong = false) =>
        _session.RunAsync(new Question<T>(describe, read, isLong), cancellationToken);
}
