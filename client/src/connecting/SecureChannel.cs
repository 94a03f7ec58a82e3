using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Client;

/// <summary>TLS 1.3 over a connection, up to the decision that the server is the one meant.</summary>
internal static class SecureChannel
{
    public static async Task<SslStream> OpenAsync(
        Socket socket, ArgosyUrl url, ClientOptions options, CancellationToken cancellationToken)
    {
        var problems = SslPolicyErrors.None;
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await HandshakeAsync(stream, url, options, Judge, cancellationToken).ConfigureAwait(false);
            if (stream.RemoteCertificate is not X509Certificate2 certificate)
                throw new NotTrustedException($"{url.Authority} showed no certificate. Nothing was sent; ask its operator.");
            await new ServerTrust(url, options).VerifyAsync(certificate, problems, cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        // What the system thinks is only noted here. ServerTrust decides once the handshake is over, since it may have to ask
        // somebody; until it has, nothing is sent.
        bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            problems = errors;
            return certificate is not null;
        }
    }

    private static async Task HandshakeAsync(
        SslStream stream, ArgosyUrl url, ClientOptions options, RemoteCertificateValidationCallback judge, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.ConnectTimeout);
        try
        {
            await stream.AuthenticateAsClientAsync(Describe(url, options, judge), patience.Token).ConfigureAwait(false);
        }
        catch (AuthenticationException exception) when (IsAccessDenied(exception))
        {
            throw RefusedException.Banned();
        }
        catch (AuthenticationException exception)
        {
            throw new NotTrustedException(
                $"{url.Authority} and this client cannot agree on TLS 1.3. Is it an Argosy server's port? A server "
                + "without TLS is reached with argosy+plain://.", exception);
        }
        catch (IOException exception)
        {
            throw new NotReachableException(
                $"{url.Authority} ended the connection during the TLS handshake. It may be busy or no Argosy server; try again later.", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NotReachableException(
                $"{url.Authority} accepts connections but is silent. Is it an Argosy server's port?", exception);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The base library is not sure of its footing either: an empty handshake record ends in an IndexOutOfRangeException.
            throw new NotTrustedException(
                $"What {url.Authority} sends is no TLS handshake. Nothing was sent; is it an Argosy server's port?", exception);
        }
    }

    /// <summary>
    /// True where the server answered the greeting by the alert access_denied (RFC 8446 section 6.2), as it does to an address that it has banned (docs/protocol.md
    /// section 3). The base library tells alerts by OpenSSL's error number alone: library 20, reason 1000 and the alert.
    /// </summary>
    private static bool IsAccessDenied(Exception exception)
    {
        const int accessDenied = (20 << 23) | (1000 + 49);
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause.HResult == accessDenied)
                return true;
        }

        return false;
    }

    private static SslClientAuthenticationOptions Describe(
        ArgosyUrl url, ClientOptions options, RemoteCertificateValidationCallback judge)
    {
        var policy = new X509ChainPolicy
        {
            // A stranger's certificate must not make this machine fetch addresses that it names.
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        if (options.TrustedRoots is { } roots)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }

        return new SslClientAuthenticationOptions
        {
            TargetHost = url.Host,
            EnabledSslProtocols = SslProtocols.Tls13,
            CertificateChainPolicy = policy,
            RemoteCertificateValidationCallback = judge,
        };
    }
}
