using System.Collections.Concurrent;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Argosy.Kernel;

namespace Argosy.Sockets;

/// <summary>The options of a handshake in OpenSSL's terms. What cannot be said in them is left to SslStream.</summary>
internal sealed class OpenSslOptions
{
    private const SslProtocols Known = SslProtocols.Tls12 | SslProtocols.Tls13;

    // One for each certificate and way of using it: making one costs, and tickets are of one.
    private static readonly ConditionalWeakTable<SslStreamCertificateContext, ConcurrentDictionary<Way, TlsContext>> Contexts = [];
    private static readonly ConcurrentDictionary<Way, TlsContext> Bare = [];

    private TlsContext _context = null!;
    private bool _isClient;
    private Way _way;
    private byte[] _protocols = [];
    private X509ChainPolicy _policy = null!;
    private RemoteCertificateValidationCallback? _validate;
    private ServerCertificateSelectionCallback? _select;

    /// <summary>The name that a client wants its server to have; empty on a server.</summary>
    internal string TargetHost { get; private init; } = "";

    internal bool AsksForCertificate { get; private init; }

    /// <summary>A server's; null where SslStream is needed.</summary>
    internal static OpenSslOptions? ForServer(SslServerAuthenticationOptions given)
    {
        if (!OpenSsl.IsUsed || !CanSay(given.EnabledSslProtocols, given.EncryptionPolicy, given.CipherSuitesPolicy)) return null;
        var offline = TlsOptions.Offline(given);
        if (offline.ServerCertificateContext is null && offline.ServerCertificateSelectionCallback is null) return null;
        if (OperatingSystem.IsLinux() && !(given.AllowRsaPkcs1Padding && given.AllowRsaPssPadding)) return null;
        var protocols = Protocols(given.ApplicationProtocols);
        var way = new Way(false, VersionsOf(given.EnabledSslProtocols), Convert.ToHexString(protocols), given.ClientCertificateRequired, given.AllowTlsResume);
        if (ContextOf(offline.ServerCertificateContext, way, protocols) is not { } context) return null;
        return new OpenSslOptions
        {
            _context = context,
            _way = way,
            _protocols = protocols,
            _policy = offline.CertificateChainPolicy!,
            _validate = given.RemoteCertificateValidationCallback,
            _select = offline.ServerCertificateSelectionCallback,
            AsksForCertificate = given.ClientCertificateRequired,
        };
    }

    /// <summary>A client's; null where SslStream is needed.</summary>
    internal static OpenSslOptions? ForClient(SslClientAuthenticationOptions given)
    {
        if (!OpenSsl.IsUsed || !CanSay(given.EnabledSslProtocols, given.EncryptionPolicy, given.CipherSuitesPolicy)) return null;
        if (given.LocalCertificateSelectionCallback is not null || given.ClientCertificates is { Count: > 0 }) return null;
        if (OperatingSystem.IsLinux() && !(given.AllowRsaPkcs1Padding && given.AllowRsaPssPadding)) return null;
        var way = new Way(true, VersionsOf(given.EnabledSslProtocols), "", true, false);
        if (ContextOf(given.ClientCertificateContext, way, []) is not { } context) return null;
        return new OpenSslOptions
        {
            _isClient = true,
            _context = context,
            _protocols = Protocols(given.ApplicationProtocols),
            _policy = TlsOptions.Offline(given).CertificateChainPolicy!,
            _validate = given.RemoteCertificateValidationCallback,
            TargetHost = given.TargetHost ?? "",
            AsksForCertificate = true,
        };
    }

    internal TlsEngine NewEngine() =>
        _isClient ? TlsEngine.ForClient(_context, IsName(TargetHost) ? TargetHost : "", _protocols) : TlsEngine.ForServer(_context);

    /// <summary>The certificate for a name that a client asks for.</summary>
    internal TlsContext Choose(string? name, object sender)
    {
        var given = new SslServerAuthenticationOptions { ServerCertificate = _select!(sender, name) };
        return TlsOptions.Offline(given).ServerCertificateContext is { } certificate && ContextOf(certificate, _way, _protocols) is { } context
            ? context
            : throw new TlsException("no certificate with a key was selected");
    }

    /// <summary>Why the peer is not trusted; null where it is.</summary>
    internal string? Judge(IReadOnlyList<X509Certificate2> shown, object sender, out X509Certificate2? remote)
    {
        remote = shown.Count > 0 ? shown[0] : null;
        using var chain = new X509Chain { ChainPolicy = _policy.Clone() };
        var errors = CertificateJudgement.ErrorsOf(shown, chain, isServers: _isClient, TargetHost);
        if (_validate is not null) return _validate(sender, remote, chain, errors) ? null : $"the peer's certificate was refused ({errors})";
        return errors == SslPolicyErrors.None ? null : $"the peer's certificate is not trusted ({errors})";
    }

    private static TlsContext? ContextOf(SslStreamCertificateContext? certificate, Way way, byte[] protocols)
    {
        try
        {
            return certificate is null
                ? Bare.GetOrAdd(way, way => Make(null, way, protocols))
                : Contexts.GetOrCreateValue(certificate).GetOrAdd(way, way => Make(certificate, way, protocols));
        }
        catch (Exception e) when (e is TlsException or CryptographicException)
        {
            return null; // SslStream may know what to do with it
        }
    }

    private static TlsContext Make(SslStreamCertificateContext? certificate, Way way, byte[] protocols)
    {
        var context = way.IsClient
            ? TlsContext.ForClients(way.Versions)
            : TlsContext.ForServers(way.Versions, protocols, way.AsksForCertificate, way.Resumes, waitsForName: certificate is null);
        if (certificate is not null && OperatingSystem.IsLinux()) context.Show(certificate.TargetCertificate, certificate.IntermediateCertificates);
        return context;
    }

    private static bool CanSay(SslProtocols versions, EncryptionPolicy encryption, CipherSuitesPolicy? ciphers) =>
        (versions & ~Known) == 0 && encryption == EncryptionPolicy.RequireEncryption && ciphers is null;

    private static (int Least, int Greatest) VersionsOf(SslProtocols versions) => versions switch
    {
        SslProtocols.Tls12 => (0x303, 0x303),
        SslProtocols.Tls13 => (0x304, 0x304),
        _ => (0x303, 0x304),
    };

    /// <summary>RFC 7301, section 3.1: each with its length before it.</summary>
    private static byte[] Protocols(List<SslApplicationProtocol>? protocols) =>
        protocols is null ? [] : [.. protocols.SelectMany(protocol => (byte[])[(byte)protocol.Protocol.Length, .. protocol.Protocol.Span])];

    /// <summary>RFC 6066, section 3: an address is no name to ask for.</summary>
    private static bool IsName(string host) => host.Length > 0 && !System.Net.IPAddress.TryParse(host, out _);

    private readonly record struct Way(bool IsClient, (int Least, int Greatest) Versions, string Protocols, bool AsksForCertificate, bool Resumes);
}
