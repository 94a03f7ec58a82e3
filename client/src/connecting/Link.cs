using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Client;

/// <summary>A connection to the server that was meant, before anything was said over it.</summary>
/// <param name="Stream">Encrypted, unless plain was asked for.</param>
/// <param name="Certificate">The server's; null on a plain connection.</param>
internal sealed record Link(Stream Stream, X509Certificate2? Certificate)
{
    // TLS and login share ten seconds at the server; after a pause for a human the rest would be too little.
    private static readonly TimeSpan ShortPause = TimeSpan.FromSeconds(2);

    /// <summary>Connects, and asks whoever has to be asked. When people took their time, it connects once more.</summary>
    public static async Task<(Link Link, string? Password)> OpenAsync(ArgosyUrl url, ClientOptions options, CancellationToken cancellationToken)
    {
        var pause = new Stopwatch();
        var timed = options with
        {
            AcceptUnknown = options.AcceptUnknown is { } accept ? (server, stop) => TimeAsync(pause, () => accept(server, stop)) : null,
        };
        string? password = null;
        while (true)
        {
            pause.Reset();
            var link = await DialAsync(url, timed, cancellationToken).ConfigureAwait(false);
            try
            {
                if (url.User is not null)
                    password ??= await TimeAsync(pause, () => AskAsync(url, options, cancellationToken)).ConfigureAwait(false);
            }
            catch
            {
                await link.Stream.DisposeAsync().ConfigureAwait(false);
                throw;
            }

            if (pause.Elapsed < ShortPause)
                return (link, password);
            await link.Stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<Link> DialAsync(ArgosyUrl url, ClientOptions options, CancellationToken cancellationToken)
    {
        var socket = await Dialer.DialAsync(url, options.ConnectTimeout, cancellationToken).ConfigureAwait(false);
        if (url.IsPlain)
            return new Link(Dialer.StreamOf(socket), null);
        return await SecureChannel.OpenAsync(socket, url, options, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<T> TimeAsync<T>(Stopwatch pause, Func<ValueTask<T>> ask)
    {
        pause.Start();
        try
        {
            return await ask().ConfigureAwait(false);
        }
        finally
        {
            pause.Stop();
        }
    }

    private static async ValueTask<string> AskAsync(ArgosyUrl url, ClientOptions options, CancellationToken cancellationToken)
    {
        var password = options.Password is null ? null : await options.Password(cancellationToken).ConfigureAwait(false);
        return password ?? throw new RefusedException(
            "login-required", $"A password is needed for {Terminal.Escape(url.User!)}. Set ARGOSY_PASSWORD or use --password-stdin.");
    }
}
