using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Argosy.Kernel;

namespace Argosy.Sockets;

/// <summary>What two sides agreed in a TLS handshake.</summary>
public sealed class TlsDetails
{
    /// <summary>The protocol version.</summary>
    public SslProtocols Protocol { get; private init; }

    /// <summary>The cipher suite.</summary>
    public TlsCipherSuite CipherSuite { get; private init; }

    /// <summary>The peer's certificate, or null when it showed none.</summary>
    public X509Certificate2? RemoteCertificate { get; private init; }

    /// <summary>The name that the client asked for (SNI); empty when it named none.</summary>
    public string TargetHostName { get; private init; } = "";

    /// <summary>The application protocol agreed on (ALPN); default when none was offered.</summary>
    public SslApplicationProtocol ApplicationProtocol { get; private init; }

    /// <summary>
    /// After a read returned 0: true when the peer said that it had finished (close_notify), false when the connection just ended. Where
    /// the end of the stream is the end of the content, false may mean that somebody cut it short (RFC 8446, section 6.1).
    /// </summary>
    public bool EndedInOrder { get; internal set; }

    /// <summary>Whether the handshake took up an earlier session; false too where that is not told (SslStream).</summary>
    public bool IsResumed { get; private init; }

    /// <summary>On a server: which session this is, the same on each connection that resumes it; empty where that is not told.</summary>
    internal byte[] SessionId { get; private init; } = [];

    internal static TlsDetails Of(SslStream tls) => new()
    {
        Protocol = tls.SslProtocol,
        CipherSuite = tls.NegotiatedCipherSuite,
        RemoteCertificate = tls.RemoteCertificate as X509Certificate2,
        TargetHostName = tls.TargetHostName,
        ApplicationProtocol = tls.NegotiatedApplicationProtocol,
    };

    internal static TlsDetails Of(TlsEngine tls, X509Certificate2? remote, string targetHost) => new()
    {
        Protocol = tls.Version == 0x304 ? SslProtocols.Tls13 : SslProtocols.Tls12,
        CipherSuite = (TlsCipherSuite)tls.CipherSuite,
        RemoteCertificate = remote,
        TargetHostName = targetHost.Length > 0 ? targetHost : tls.ServerName,
        ApplicationProtocol = tls.Protocol is { Length: > 0 } protocol ? new SslApplicationProtocol(protocol) : default,
        IsResumed = tls.IsResumed,
        SessionId = tls.SessionId,
    };
}
