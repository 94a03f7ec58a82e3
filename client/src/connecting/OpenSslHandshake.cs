using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Argosy.Kernel;

namespace Argosy.Client;

/// <summary>The handshake by OpenSSL's own interface.</summary>
internal static class OpenSslHandshake
{
    private const int Tls13 = 0x304;

    private static readonly Lazy<TlsContext> Context = new(() => TlsContext.ForClients((Tls13, Tls13)));

    public static async Task<Secured> RunAsync(Socket socket, string host, X509ChainPolicy policy, CancellationToken cancellationToken)
    {
        var name = IPAddress.TryParse(host, out _) ? "" : host; // RFC 6066, section 3: an address is no name to ask for
        var engine = TlsEngine.ForClient(Context.Value, name, []);
        var stream = new OpenSslStream(socket, engine);
        try
        {
            await stream.AgreeAsync(cancellationToken).ConfigureAwait(false);
            var shown = engine.PeerCertificates();
            using var chain = new X509Chain { ChainPolicy = policy };
            var problems = CertificateJudgement.ErrorsOf(shown, chain, isServers: true, host);
            return new Secured(stream, shown.Count > 0 ? shown[0] : null, problems);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
