using System.Net.Security;
using System.Security.Authentication;
using Argosy.Sockets;
using Argosy.Wire;

namespace Argosy.Native;

/// <summary>
/// Finds out by its first bytes whether a connection speaks TLS (docs/protocol.md section 3), and does so then. TLS and the login
/// after it share one deadline.
/// </summary>
internal sealed class Transport(IConnection connection, NativeOptions options, bool isAdmitted)
{
    /// <summary>When the login has to be complete. Who only comes to hear that there are too many has a moment for that.</summary>
    public Deadline LoginDeadline { get; } = Deadline.After(isAdmitted || options.LoginTime < options.Grace ? options.LoginTime : options.Grace);

    /// <summary>The connection to talk over.</summary>
    public IConnection Connection { get; private set; } = connection;

    /// <summary>What ties a login to this connection's TLS (RFC 5929); null on a plain one.</summary>
    public byte[]? ChannelBinding { get; private set; }

    /// <summary>Detects and upgrades. False where the client left before it said anything.</summary>
    /// <exception cref="ConnectionException">The handshake failed.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public async ValueTask<bool> OpenAsync(CancellationToken stopping)
    {
        byte[] first = new byte[TransportDetector.Needed];
        Connection.ReadDeadline = LoginDeadline;
        int count = 0;
        while (count < first.Length)
        {
            int read = await Connection.ReadAsync(first.AsMemory(count), stopping);
            if (read == 0)
                return false;
            count += read;
        }

        Connection.Unread(first);
        if (TransportDetector.IsTls(first))
            await UpgradeAsync();
        return true;
    }

    /// <summary>Lets a plain connection go on only where the operator allows it.</summary>
    /// <exception cref="WireException">Plain is not allowed here.</exception>
    public void DemandTls()
    {
        if (ChannelBinding is null && !options.AllowPlain)
            throw new WireException(WireError.TlsRequired, SessionText.TlsRequired);
    }

    private async ValueTask UpgradeAsync()
    {
        SslStreamCertificateContext certificate = options.Certificate?.Invoke()
            ?? throw new ConnectionException(ConnectionError.Tls, "the client speaks TLS and this server has no certificate");
        ChannelBinding = Wire.ChannelBinding.TlsServerEndPoint(certificate.TargetCertificate);
        Connection = await Connection.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = certificate,
                EnabledSslProtocols = SslProtocols.Tls13,
            },
            LoginDeadline);
    }
}
