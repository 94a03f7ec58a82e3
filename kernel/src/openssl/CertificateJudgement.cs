using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Kernel;

/// <summary>What the system thinks of the certificates that a peer has shown.</summary>
public static class CertificateJudgement
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1", ClientAuthentication = "1.3.6.1.5.5.7.3.2"; // RFC 5280, section 4.2.1.12

    /// <summary>What is wrong with them.</summary>
    /// <param name="shown">The peer's own first, then those between it and its authority.</param>
    /// <param name="chain">Built, by its policy; a policy that names no use of certificates asks for that of TLS.</param>
    /// <param name="isServers">Whether the peer is a server.</param>
    /// <param name="host">The name that a server has to have; empty for any.</param>
    public static SslPolicyErrors ErrorsOf(IReadOnlyList<X509Certificate2> shown, X509Chain chain, bool isServers, string host)
    {
        if (shown.Count == 0) return SslPolicyErrors.RemoteCertificateNotAvailable;
        var policy = chain.ChainPolicy;
        if (policy.ApplicationPolicy.Count == 0) policy.ApplicationPolicy.Add(new Oid(isServers ? ServerAuthentication : ClientAuthentication));
        policy.ExtraStore.AddRange(shown.Skip(1).ToArray());
        var errors = chain.Build(shown[0]) ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors;
        if (isServers && host.Length > 0 && !Matches(shown[0], host.TrimEnd('.'))) errors |= SslPolicyErrors.RemoteCertificateNameMismatch;
        return errors;
    }

    private static bool Matches(X509Certificate2 certificate, string host)
    {
        try
        {
            return certificate.MatchesHostname(host);
        }
        catch (ArgumentException)
        {
            return false; // No certificate can be for what is no name.
        }
    }
}
