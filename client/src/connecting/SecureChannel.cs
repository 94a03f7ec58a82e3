using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Argosy.Kernel;

namespace Argosy.Client;

/// <summary>TLS 1.3 over a connection, up to the decision that the server is the one meant.</summary>
internal static class SecureChannel
{
    private const int AccessDenied = 49; // RFC 8446, section 6.2

    public static async Task<Link> OpenAsync(Socket socket, ArgosyUrl url, ClientOptions options, CancellationToken cancellationToken)
    {
        var secured = await HandshakeAsync(socket, url, options, cancellationToken).ConfigureAwait(false);
        try
        {
            var certificate = secured.Certificate
                ?? throw new NotTrustedException($"{url.Authority} showed no certificate. Nothing was sent; ask its operator.");
            await new ServerTrust(url, options).VerifyAsync(certificate, secured.Problems, cancellationToken).ConfigureAwait(false);
            return new Link(secured.Stream, certificate);
        }
        catch
        {
            await secured.Stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<Secured> HandshakeAsync(Socket socket, ArgosyUrl url, ClientOptions options, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.ConnectTimeout);
        try
        {
            return OpenSsl.IsUsed
                ? await OpenSslHandshake.RunAsync(socket, url.Host, PolicyOf(options), patience.Token).ConfigureAwait(false)
                : await SslStreamHandshake.RunAsync(socket, url.Host, PolicyOf(options), patience.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsAccessDenied(exception))
        {
            throw RefusedException.Banned();
        }
        catch (Exception exception) when (exception is AuthenticationException or TlsException)
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
    /// True where the server answered the greeting by the alert access_denied, as it does to an address that it has banned (docs/protocol.md section 3). The
    /// base library tells alerts by OpenSSL's error number alone: library 20, reason 1000 and the alert.
    /// </summary>
    private static bool IsAccessDenied(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is TlsException { Alert: AccessDenied } || cause.HResult == (20 << 23) + 1000 + AccessDenied)
                return true;
        }

        return false;
    }

    private static X509ChainPolicy PolicyOf(ClientOptions options)
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

        return policy;
    }
}
