using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Client;

/// <summary>The handshake by SslStream, where OpenSSL's own interface is not to be had.</summary>
internal static class SslStreamHandshake
{
    public static async Task<Secured> RunAsync(Socket socket, string host, X509ChainPolicy policy, CancellationToken cancellationToken)
    {
        var problems = SslPolicyErrors.None;
        var stream = new SslStream(Dialer.StreamOf(socket));
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            EnabledSslProtocols = SslProtocols.Tls13,
            CertificateChainPolicy = policy,
            RemoteCertificateValidationCallback = Judge,
        };
        try
        {
            await stream.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
            return new Secured(stream, stream.RemoteCertificate as X509Certificate2, problems);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        // What the system thinks is only noted here: whoever decides may have to ask somebody.
        bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            problems = errors;
            return certificate is not null;
        }
    }
}
