using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;

namespace Argosy.Sockets;

/// <summary>Turns a plain connection into an encrypted one.</summary>
internal static class TlsHandshake
{
    internal static async ValueTask<IConnection> RunAsync(
        IConnection connection, Func<SslStream, CancellationToken, Task> handshake, Deadline deadline, CancellationToken cancellation)
    {
        var transport = new TlsTransportStream(connection);
        var tls = new SslStream(transport, leaveInnerStreamOpen: true);
        var (read, write) = (connection.ReadDeadline, connection.WriteDeadline);
        connection.ReadDeadline = connection.WriteDeadline = deadline;
        try
        {
            await handshake(tls, cancellation);
            return new TlsConnection(connection, tls, transport);
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
