using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Sockets.Tests;

/// <summary>
/// A certificate says where its issuer can be fetched from. A handshake that went there would stand still for as long as that server likes, and hold
/// up a thread; and whoever shows a certificate could make the server call any address.
/// </summary>
public sealed class TlsChainTests : IDisposable
{
    private readonly TcpListener _issuer = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;

    public TlsChainTests()
    {
        _issuer.Start();
        _certificate = MakeCertificate($"http://127.0.0.1:{((IPEndPoint)_issuer.LocalEndpoint).Port}/issuer.cer");
    }

    public static TheoryData<string> Some => ["threads", "epoll", "async"];

    public void Dispose()
    {
        _issuer.Dispose();
        _certificate.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Some))]
    public async Task A_server_fetches_no_issuer_of_its_own_certificate(string model)
    {
        await using var server = TestServer.Start(model, "tcp4", async (_, connection) =>
        {
            var secure = await connection.AuthenticateAsServerAsync(new() { ServerCertificate = _certificate }, Soon);
            await secure.WriteAsync("hello");
        });
        await HearAsync(server);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Some))]
    public async Task A_server_fetches_no_issuer_of_the_certificate_that_it_selects(string model)
    {
        await using var server = TestServer.Start(model, "tcp4", async (_, connection) =>
        {
            var secure = await connection.AuthenticateAsServerAsync(new() { ServerCertificateSelectionCallback = (_, _) => _certificate }, Soon);
            await secure.WriteAsync("hello");
        });
        await HearAsync(server);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Some))]
    public async Task A_server_fetches_no_issuer_of_a_certificate_that_a_client_shows(string model)
    {
        await using var server = TestServer.Start(model, "tcp4", async (_, connection) =>
        {
            var secure = await connection.AuthenticateAsServerAsync(
                new() { ServerCertificate = Wire.Certificate, ClientCertificateRequired = true, RemoteCertificateValidationCallback = delegate { return true; } }, Soon);
            await secure.WriteAsync("hello");
        });
        await HearAsync(server);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Some))]
    public async Task A_client_fetches_no_issuer_of_the_certificate_that_a_server_shows(string model)
    {
        var context = SslStreamCertificateContext.Create(_certificate, null, offline: true);
        await using var upstream = TestServer.Start("threads", "tcp4", async (_, connection) =>
        {
            var secure = await connection.AuthenticateAsServerAsync(new() { ServerCertificateContext = context }, Soon);
            await secure.WriteAsync("hello");
        });
        await using var server = TestServer.Start(model, "tcp4", async (context, connection) =>
        {
            await using var other = await context.ConnectAsync(upstream.Address, Soon);
            await using var secure = await other.AuthenticateAsClientAsync(
                new() { TargetHost = "argosy.test", RemoteCertificateValidationCallback = delegate { return true; } }, Soon);
            var text = new byte[5];
            await secure.ReadExactlyAsync(text);
            await connection.WriteAsync(text);
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal("hello", await client.ReceiveTextToEndAsync());
        Assert.False(_issuer.Pending(), "the issuer was asked for");
    }

    [Fact]
    public void Whatever_else_the_options_say_is_kept()
    {
        var server = new SslServerAuthenticationOptions { ServerCertificateSelectionCallback = (_, _) => null! };
        var client = new SslClientAuthenticationOptions();
        foreach (var (options, kept) in (IEnumerable<(object, Func<object>)>)[(server, () => TlsOptions.Offline(server)), (client, () => TlsOptions.Offline(client))])
        {
            foreach (var property in options.GetType().GetProperties().Where(property => !property.Name.StartsWith("ServerCertificate")))
            {
                var value = Other(property, property.GetValue(options));
                property.SetValue(options, value);
                Assert.True(Equals(value, property.GetValue(kept())), property.Name);
            }
        }

        Assert.Same(server.ServerCertificateSelectionCallback, TlsOptions.Offline(server).ServerCertificateSelectionCallback);
        var context = server.ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, null, offline: true);
        Assert.Same(context, TlsOptions.Offline(server).ServerCertificateContext);
    }

    /// <summary>Another value than the one that is there.</summary>
    private object Other(PropertyInfo property, object? present) => property.PropertyType switch
    {
        { } type when type == typeof(bool) => !(bool)present!,
        { } type when type == typeof(string) => "other",
        { } type when type == typeof(SslProtocols) => SslProtocols.Tls13,
        { } type when type == typeof(EncryptionPolicy) => EncryptionPolicy.RequireEncryption,
        { } type when type == typeof(X509RevocationMode) => X509RevocationMode.Offline,
        { } type when type == typeof(X509ChainPolicy) => new X509ChainPolicy(),
        { } type when type == typeof(X509CertificateCollection) => new X509CertificateCollection(),
        { } type when type == typeof(List<SslApplicationProtocol>) => new List<SslApplicationProtocol>(),
        { } type when type == typeof(CipherSuitesPolicy) && !OperatingSystem.IsWindows() => new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_128_GCM_SHA256]),
        { } type when type == typeof(SslStreamCertificateContext) => SslStreamCertificateContext.Create(_certificate, null, offline: true),
        { } type when type == typeof(RemoteCertificateValidationCallback) => new RemoteCertificateValidationCallback((_, _, _, _) => true),
        { } type when type == typeof(LocalCertificateSelectionCallback) => new LocalCertificateSelectionCallback((_, _, _, _, _) => null!),
        { } type => throw new InvalidOperationException($"{property.Name} is new: it is to be kept as well, and {type} wants a value here."),
    };

    private static Deadline Soon => Deadline.After(TimeSpan.FromSeconds(20));

    private async Task HearAsync(TestServer server)
    {
        using var socket = Wire.NewSocket(server.Address);
        await socket.ConnectAsync(server.Address, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(new NetworkStream(socket));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "argosy.test",
                CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true },
                RemoteCertificateValidationCallback = delegate { return true; },
                ClientCertificateContext = SslStreamCertificateContext.Create(_certificate, null, offline: true),
            }, TestContext.Current.CancellationToken);
        var text = new byte[5];
        await tls.ReadExactlyAsync(text, TestContext.Current.CancellationToken);
        Assert.Equal("hello"u8.ToArray(), text);
        Assert.False(_issuer.Pending(), "the issuer was asked for");
    }

    /// <summary>Of an authority that nobody knows and whose certificate is to be had at an address.</summary>
    private static X509Certificate2 MakeCertificate(string issuerAddress)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=authority.test", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var issuer = authority.CreateSelfSigned(from, to);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=argosy.test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [issuerAddress]));
        using var certificate = request.Create(issuer, from, to, [1, 2, 3]);
        return certificate.CopyWithPrivateKey(key);
    }
}
