using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Sockets;

/// <summary>What two sides agreed in a TLS handshake.</summary>
public sealed class TlsDetails
{
    private readonly SslStream _tls;

    internal TlsDetails(SslStream tls) => _tls = tls;

    /// <summary>The protocol version.</summary>
    public SslProtocols Protocol => _tls.SslProtocol;

    /// <summary>The cipher suite.</summary>
    public TlsCipherSuite CipherSuite => _tls.NegotiatedCipherSuite;

    /// <summary>The peer's certificate, or null when it showed none.</summary>
    public X509Certificate2? RemoteCertificate => _tls.RemoteCertificate as X509Certificate2;

    /// <summary>The name that the client asked for (SNI); empty when it named none.</summary>
    public string TargetHostName => _tls.TargetHostName;

    /// <summary>The application protocol agreed on (ALPN); default when none was offered.</summary>
    public SslApplicationProtocol ApplicationProtocol => _tls.NegotiatedApplicationProtocol;

    /// <summary>
    /// After a read returned 0: true when the peer said that it had finished (close_notify), false when the connection just ended. Where
    /// the end of the stream is the end of the content, false may mean that somebody cut it short (RFC 8446, section 6.1).
    /// </summary>
    public bool EndedInOrder { get; internal set; }
}
