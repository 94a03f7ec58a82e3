using System.Security.Cryptography.X509Certificates;
using Argosy.Kernel;

namespace Argosy.Sockets;

/// <summary>The handshake by OpenSSL over a descriptor. What others decide, of names and of certificates, they decide outside of its frames.</summary>
internal static class OpenSslHandshake
{
    internal static async ValueTask<IConnection> RunAsync(
        DescriptorConnection connection, OpenSslOptions options, Deadline deadline, CancellationToken cancellation)
    {
        var tried = $"The TLS handshake with {connection.RemoteEndPoint}";
        var (read, write) = (connection.ReadDeadline, connection.WriteDeadline);
        connection.ReadDeadline = connection.WriteDeadline = deadline;
        TlsEngine? engine = null;
        try
        {
            engine = options.NewEngine();
            var remote = await AgreeAsync(connection, engine, options, tried, cancellation);
            return new OpenSslConnection(connection, engine, TlsDetails.Of(engine, remote, options.TargetHost));
        }
        catch (Exception e)
        {
            engine?.Dispose();
            throw e is TlsException ? new ConnectionException(ConnectionError.Tls, $"{tried} failed: {e.Message}.", e) : TlsErrors.Translate(e, tried);
        }
        finally
        {
            (connection.ReadDeadline, connection.WriteDeadline) = (read, write);
        }
    }

    private static async ValueTask<X509Certificate2?> AgreeAsync(
        DescriptorConnection connection, TlsEngine engine, OpenSslOptions options, string tried, CancellationToken cancellation)
    {
        var transport = new DescriptorTransport(connection, isAtOnce: false);
        X509Certificate2? remote = null;
        string? refusal = null;
        var isJudged = !options.AsksForCertificate;
        while (true)
        {
            connection.ThrowIfReadDue(cancellation);
            switch (engine.Handshake(transport))
            {
                case TlsStep.Done:
                    if (!isJudged) refusal = options.Judge(engine.PeerCertificates(), connection, out remote);
                    return refusal is null ? remote : throw new TlsException(refusal);
                case TlsStep.WantRead:
                    await connection.WaitAsync(PollEvents.Read, cancellation);
                    break;
                case TlsStep.WantWrite:
                    await connection.WaitAsync(PollEvents.Write, cancellation);
                    break;
                case TlsStep.WantChoice:
                    engine.Choose(options.Choose(engine.NameToChooseFor, connection));
                    break;
                case TlsStep.WantJudgement:
                    refusal = options.Judge(engine.PeerCertificates(), connection, out remote);
                    engine.Judge(refusal is null);
                    isJudged = true;
                    break;
                case TlsStep.TransportFailed:
                    throw connection.Failure(engine.Errno, $"{tried}:");
                case TlsStep.Closed or TlsStep.Ended:
                    throw new TlsException("the peer ended the connection");
                default:
                    throw new TlsException(refusal ?? engine.Error);
            }
        }
    }
}
