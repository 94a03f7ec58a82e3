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
        var engine = TlsEngine.ForClient(Context.Value, System.Net.IPAddress.TryParse(host, out _) ? "" : host, []); // RFC 6066, section 3
        var stream = new OpenSslStream(socket, engine);
        try
        {
            await AgreeAsync(stream, engine, cancellationToken).ConfigureAwait(false);
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

    private static async Task AgreeAsync(OpenSslStream stream, TlsEngine engine, CancellationToken cancellationToken)
    {
        while (true)
        {
            var step = engine.Handshake(stream.Gathering);
            await stream.SendGatheredAsync(cancellationToken).ConfigureAwait(false);
            switch (step)
            {
                case TlsStep.Done:
                    return;
                case TlsStep.WantRead:
                    await stream.WaitForBytesAsync(cancellationToken).ConfigureAwait(false);
                    break;
                case TlsStep.WantJudgement:
                    engine.Judge(true); // What is shown is judged when the handshake is over, since somebody may have to be asked.
                    break;
                case TlsStep.Failed:
                    throw new TlsException(engine.Error) { Alert = engine.Alert };
                default:
                    throw new IOException("The connection ended during the handshake.");
            }
        }
    }
}
