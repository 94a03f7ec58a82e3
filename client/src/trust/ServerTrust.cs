using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Client;

/// <summary>
/// Decides after the handshake, and before anything is sent, whether the server is the one meant. The order: an expected
/// fingerprint decides alone; then an existing pin decides alone; then the system's store with the host name; then the user.
/// </summary>
internal sealed class ServerTrust(ArgosyUrl url, ClientOptions options)
{
    private readonly KnownServers _known = options.KnownServers ?? KnownServers.Default;

    public async Task VerifyAsync(X509Certificate2 certificate, SslPolicyErrors problems, CancellationToken cancellationToken)
    {
        var presented = Fingerprint.Of(certificate);
        var expected = options.Fingerprint ?? url.Fingerprint;
        var pinned = FindPin();
        if (expected is not null)
        {
            if (!expected.Equals(presented))
                throw NotExpected(presented, expected);
            await PinAsync(presented, pinned, cancellationToken).ConfigureAwait(false);
        }
        else if (pinned is not null)
        {
            if (!pinned.Equals(presented))
                throw Changed(presented, pinned);
        }
        else if (problems != SslPolicyErrors.None)
        {
            var unknown = new UnknownServer(url.Authority, presented, Explain(problems)) { WillBeKnown = _known.Path is not null };
            if (options.AcceptUnknown is null || !await options.AcceptUnknown(unknown, cancellationToken).ConfigureAwait(false))
                throw Unknown(unknown);
            await PinAsync(presented, null, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Explain(SslPolicyErrors problems) => problems switch
    {
        _ when problems.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) => "its certificate is not signed by anyone this system trusts",
        _ when problems.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) => "its certificate is for another host name",
        _ => "its certificate is not valid",
    };

    private Fingerprint? FindPin()
    {
        try
        {
            return _known.Find(url.Authority);
        }
        catch (LocalFileException exception)
        {
            throw new NotTrustedException(
                $"The known servers cannot be read, so {url.Authority} cannot be recognised. {exception.Message}. Nothing was sent.", exception);
        }
    }

    private async Task PinAsync(Fingerprint presented, Fingerprint? pinned, CancellationToken cancellationToken)
    {
        if (presented.Equals(pinned))
            return;
        try
        {
            var standing = await _known.PinAsync(url.Authority, presented, pinned, cancellationToken).ConfigureAwait(false);
            if (!standing.Equals(presented))
                throw Changed(presented, standing);
        }
        catch (LocalFileException exception)
        {
            throw new NotTrustedException(
                $"The key of {url.Authority} cannot be remembered. {exception.Message}. "
                + "Make that writable, or set XDG_CONFIG_HOME to a folder that is.", exception);
        }
    }

    private NotTrustedException NotExpected(Fingerprint presented, Fingerprint expected) => new(
        $"{url.Authority} is not the expected server. Expected {expected}, but it showed {presented}. Nothing was sent. "
        + "Ask its operator for the right fingerprint (argosy serve prints it) before you go on.")
    { Presented = presented, Expected = expected };

    private NotTrustedException Changed(Fingerprint presented, Fingerprint pinned) => new(
        $"The key of {url.Authority} has changed: known as {pinned}, now {presented}. Either the server got a new key, or someone "
        + $"stands between. Nothing was sent. Ask its operator; if the new key is right, connect once with --fingerprint {presented}, "
        + $"or remove its line from {Terminal.Escape(_known.Path ?? "")}.")
    { Presented = presented, Expected = pinned };

    private static NotTrustedException Unknown(UnknownServer server) => new(
        $"{server.Authority} is unknown here and {server.Reason}. Its key is {server.Fingerprint}. Compare it with what its operator "
        + $"says, then connect with --fingerprint {server.Fingerprint}, or accept any new server's key with --accept-new.{Unkept(server)}")
    { Presented = server.Fingerprint };

    private static string Unkept(UnknownServer server) => server.WillBeKnown
        ? ""
        : " Accepted keys cannot be kept here, since there is no home folder: set HOME, or XDG_CONFIG_HOME, to one.";
}
