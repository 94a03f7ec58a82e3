using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;

namespace Argosy.Sockets;

/// <summary>Turns a plain connection into an encrypted one.</summary>
internal static class TlsHandshake
{
    internal static ValueTask<IConnection> AsServerAsync(
        IConnection connection, SslServerAuthenticationOptions options, Deadline deadline, CancellationToken cancellation)
    {
        if (connection is DescriptorConnection descriptor && OpenSslOptions.ForServer(options) is { } translated)
            return OpenSslHandshake.RunAsync(descriptor, translated, deadline, cancellation);

        // A certificate that is selected by the name that the client asks for comes with the options: a callback cannot say what its chain is.
        return options is { ServerCertificateSelectionCallback: { } select, ServerCertificateContext: null }
            ? RunAsync(connection, (tls, over) => tls.AuthenticateAsServerAsync(Selected, null, over), deadline, cancellation)
            : RunAsync(connection, (tls, over) => tls.AuthenticateAsServerAsync(TlsOptions.Offline(options), over), deadline, cancellation);

        ValueTask<SslServerAuthenticationOptions> Selected(SslStream tls, SslClientHelloInfo hello, object? state, CancellationToken over) =>
            new(TlsOptions.Offline(options, select(tls, hello.ServerName)));
    }

    internal static ValueTask<IConnection> AsClientAsync(
        IConnection connection, SslClientAuthenticationOptions options, Deadline deadline, CancellationToken cancellation) =>
        connection is DescriptorConnection descriptor && OpenSslOptions.ForClient(options) is { } translated
            ? OpenSslHandshake.RunAsync(descriptor, translated, deadline, cancellation)
            : RunAsync(connection, (tls, over) => tls.AuthenticateAsClientAsync(TlsOptions.Offline(options), over), deadline, cancellation);

    private static async ValueTask<IConnection> RunAsync(
        IConnection connection, Func<SslStream, CancellationToken, Task> handshake, Deadline deadline, CancellationToken cancellation)
    {
        var transport = new TlsTransportStream(connection);
        var tls = new SslStream(transport, leaveInnerStreamOpen: true);
        var (read, write) = (connection.ReadDeadline, connection.WriteDeadline);
        connection.ReadDeadline = connection.WriteDeadline = deadline;
        try
        {
            await handshake(tls, cancellation);
            return new SslStreamConnection(connection, tls, transport);
        }
        catch (Exception e)
        {
            await tls.DisposeAsync();
            throw TlsErrors.Translate(e, $"The TLS handshake with {connection.RemoteEndPoint}");
        }
        finally
        {
            (connection.ReadDeadline, connection.WriteDeadline) = (read, write);
        }
    }
}

/// <summary>The border of TLS: what SslStream throws becomes what every connection throws.</summary>
internal static class TlsErrors
{
    /// <summary>The transport's own failures, which SslStream wraps, come out as they went in; all else is a TLS failure.</summary>
    internal static Exception Translate(Exception error, string tried)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is ConnectionException or TimeoutException or OperationCanceledException or WouldWaitException) return cause;
        }

        return error is AuthenticationException or CryptographicException or IOException or ObjectDisposedException or InvalidOperationException
            ? new ConnectionException(ConnectionError.Tls, $"{tried} failed: {error.InnerException?.Message ?? error.Message}", error)
            : error;
    }
}
