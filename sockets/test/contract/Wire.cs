using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Sockets.Tests;

/// <summary>
/// A transport, plain or under TLS, by a name that a test's output can show. TLS is OpenSSL's own interface where the model has it; with "sslstream" it is
/// SslStream under every model.
/// </summary>
public static class Wire
{
    public static readonly string[] All = ["tcp4", "tcp6", "unix", "tcp4+tls", "tcp6+tls", "unix+tls", "tcp4+sslstream"];

    public static readonly string[] Few = ["tcp4", "tcp4+tls"];

    private static Lazy<X509Certificate2> _certificate = new(MakeCertificate);

    /// <summary>ARGOSY_CHECK=all runs every test over every wire; otherwise each runs over IPv4, plain and TLS.</summary>
    public static bool ChecksAll => Environment.GetEnvironmentVariable("ARGOSY_CHECK") == "all";

    public static TheoryData<string> Main => new(ChecksAll ? All : Few);

    public static TheoryData<string> Plain => new(ChecksAll ? new[] { "tcp4", "tcp6", "unix" } : new[] { "tcp4" });

    public static X509Certificate2 Certificate => _certificate.Value;

    public static bool IsTls(string wire) => wire.EndsWith("+tls") || IsSslStream(wire);

    private static bool IsSslStream(string wire) => wire.EndsWith("+sslstream");

    public static bool IsUnix(string wire) => wire.StartsWith("unix");

    public static EndPoint NewAddress(string wire) => wire[..4] switch
    {
        "tcp4" => new IPEndPoint(IPAddress.Loopback, 0),
        "tcp6" => new IPEndPoint(IPAddress.IPv6Loopback, 0),
        _ => new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), $"argosy-{Guid.NewGuid():N}.sock")),
    };

    public static Socket NewSocket(EndPoint address) =>
        address.AddressFamily == AddressFamily.Unix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);

    public static SslServerAuthenticationOptions ServerTls => new() { ServerCertificate = Certificate };

    /// <summary>A policy of cipher suites is what OpenSSL's interface leaves to SslStream.</summary>
    public static SslServerAuthenticationOptions ServerTlsOver(string wire) => IsSslStream(wire) && OperatingSystem.IsLinux()
        ? new() { ServerCertificate = Certificate, CipherSuitesPolicy = new([TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_AES_128_GCM_SHA256]) }
        : ServerTls;

    public static SslClientAuthenticationOptions ClientTls => new()
    {
        TargetHost = "argosy.test",
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate!.GetCertHashString() == Certificate.GetCertHashString(),
    };

    /// <summary>The certificate and its key, for a worker process.</summary>
    public static byte[] ExportCertificate() => Certificate.Export(X509ContentType.Pkcs12);

    public static void ImportCertificate(byte[] exported) =>
        _certificate = new(() => X509CertificateLoader.LoadPkcs12(exported, null, X509KeyStorageFlags.Exportable));

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=argosy.test", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
