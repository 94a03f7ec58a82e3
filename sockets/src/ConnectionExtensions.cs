using System.IO.Pipelines;
using System.Net.Security;

namespace Argosy.Sockets;

/// <summary>Layers and adapters over a connection; each works under every concurrency model.</summary>
public static class ConnectionExtensions
{
    /// <summary>
    /// Makes the connection encrypted, as the server's side. From here on use only what is returned. A handler may leave its disposal to
    /// the server, which ends it with a goodbye (close_notify) when the handler returns and with a reset when it throws; <c>await
    /// using</c> would say goodbye in both cases, and the peer could take a failure for the end. Certificates are checked with what is here and what the
    /// peer sends: missing issuers are not fetched from the network, unless <see cref="SslServerAuthenticationOptions.CertificateChainPolicy"/> asks for it.
    /// </summary>
    /// <exception cref="ConnectionException"><see cref="ConnectionError.Tls"/>: the peer speaks no TLS, none we accept, or refused us.</exception>
    /// <exception cref="TimeoutException">The handshake was not done at the deadline. The connection can only be closed then, as after any failure here.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; as with the deadline.</exception>
    public static ValueTask<IConnection> AuthenticateAsServerAsync(
        this IConnection connection, SslServerAuthenticationOptions options, Deadline deadline, CancellationToken cancellation = default) =>
        TlsHandshake.AsServerAsync(connection, options, deadline, cancellation);

    /// <summary>As <see cref="AuthenticateAsServerAsync"/>, as the client's side.</summary>
    /// <inheritdoc cref="AuthenticateAsServerAsync" path="/exception"/>
    public static ValueTask<IConnection> AuthenticateAsClientAsync(
        this IConnection connection, SslClientAuthenticationOptions options, Deadline deadline, CancellationToken cancellation = default) =>
        TlsHandshake.AsClientAsync(connection, options, deadline, cancellation);

    /// <summary>What was agreed in the handshake; null when the connection is not encrypted.</summary>
    public static TlsDetails? Tls(this IConnection connection) => (connection as TlsConnection)?.Details;

    /// <summary>The connection as an asynchronous stream. Disposing it leaves the connection open unless it owns it.</summary>
    public static Stream AsStream(this IConnection connection, bool ownsConnection = false) =>
        new ConnectionStream(connection, ownsConnection);

    /// <summary>The connection as a pair of pipes. Completing them leaves the connection open.</summary>
    public static IDuplexPipe AsPipe(this IConnection connection) => new ConnectionPipe(connection.AsStream());

    private sealed class ConnectionPipe(Stream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));

        public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
    }
}
