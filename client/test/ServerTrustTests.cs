using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Client.Tests;

public sealed class ServerTrustTests : IDisposable
{
    private const int Timeout = 20_000;
    private readonly TemporaryFolder _folder = new();
    private readonly List<UnknownServer> _asked = [];

    private KnownServers Known => new(_folder["known_servers"]);

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Timeout)]
    public async Task An_unknown_server_is_refused_without_a_word_and_with_its_fingerprint()
    {
        using var certificate = Certificates.SelfSigned();
        await using var server = new FakeServer(SayNothingAsync, certificate);
        var error = await Assert.ThrowsAsync<NotTrustedException>(() => ConnectAsync(server));
        Assert.Equal((Fingerprint.Of(certificate), null, 4), (error.Presented, error.Expected, error.ExitCode));
        Assert.Contains($"--fingerprint {Fingerprint.Of(certificate)}", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Known.Path!));
    }

    [Fact(Timeout = Timeout)]
    public async Task Somebody_who_is_asked_can_say_no()
    {
        using var certificate = Certificates.SelfSigned();
        await using var server = new FakeServer(SayNothingAsync, certificate);
        await Assert.ThrowsAsync<NotTrustedException>(() => ConnectAsync(server, accept: false));
        var asked = Assert.Single(_asked);
        Assert.Equal((server.Url.Authority, Fingerprint.Of(certificate)), (asked.Authority, asked.Fingerprint));
        Assert.False(File.Exists(Known.Path!));
    }

    [Fact(Timeout = Timeout)]
    public async Task Where_no_key_can_be_kept_that_is_said_and_asked_about_each_time()
    {
        using var certificate = Certificates.SelfSigned();
        await using var server = new FakeServer(peer => peer.GreetAsync(), certificate);
        var nowhere = new KnownServers(null);
        var error = await Assert.ThrowsAsync<NotTrustedException>(() => FileClient.ConnectAsync(server.Url, Options(null) with { KnownServers = nowhere }));
        Assert.Contains("set HOME", error.Message, StringComparison.Ordinal);
        foreach (var count in (int[])[1, 2])
        {
            await using var client = await FileClient.ConnectAsync(server.Url, Options(true) with { KnownServers = nowhere });
            Assert.Equal((count, false), (_asked.Count, _asked[^1].WillBeKnown));
        }

        await using var pinned = await FileClient.ConnectAsync(server.Url, Options(null) with { KnownServers = nowhere, Fingerprint = Fingerprint.Of(certificate) });
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact(Timeout = Timeout)]
    public async Task An_accepted_key_is_asked_about_once_and_survives_a_renewal()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var first = Certificates.SelfSigned("a", key);
        using var renewed = Certificates.SelfSigned("b", key);
        using var listeners = new FixedPort();
        await ConnectOnceAsync(listeners, first, accept: true);
        await ConnectOnceAsync(listeners, renewed, accept: null);
        Assert.Single(_asked);
        Assert.Single(await File.ReadAllLinesAsync(Known.Path!));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_changed_key_is_refused_with_both_fingerprints_and_nobody_is_asked()
    {
        using var first = Certificates.SelfSigned();
        using var other = Certificates.SelfSigned();
        using var port = new FixedPort();
        await ConnectOnceAsync(port, first, accept: true);
        await using (var server = port.Open(other, SayNothingAsync))
        {
            var error = await Assert.ThrowsAsync<NotTrustedException>(() => FileClient.ConnectAsync(port.Url, Options(true)));
            Assert.Equal((Fingerprint.Of(other), Fingerprint.Of(first)), (error.Presented, error.Expected));
            Assert.Contains(Fingerprint.Of(other).ToString(), error.Message, StringComparison.Ordinal);
            Assert.Contains(Fingerprint.Of(first).ToString(), error.Message, StringComparison.Ordinal);
        }

        Assert.Single(_asked);
        Assert.Equal(Fingerprint.Of(first), Known.Find(port.Url.Authority));
    }

    [Fact(Timeout = Timeout)]
    public async Task An_expected_fingerprint_is_pinned_without_asking_and_may_replace_a_pin()
    {
        using var first = Certificates.SelfSigned();
        using var other = Certificates.SelfSigned();
        using var port = new FixedPort();
        await ConnectOnceAsync(port, first, accept: true);
        await using (port.Open(other))
        await using (await FileClient.ConnectAsync(port.Url, Options(null) with { Fingerprint = Fingerprint.Of(other) }))
        {
            Assert.Equal(Fingerprint.Of(other), Known.Find(port.Url.Authority));
        }

        await ConnectOnceAsync(port, other, accept: null);
        Assert.Single(_asked);
    }

    [Theory(Timeout = Timeout)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_fingerprint_than_the_expected_is_refused(bool inUrl)
    {
        using var certificate = Certificates.SelfSigned();
        using var other = Certificates.SelfSigned();
        await using var server = new FakeServer(SayNothingAsync, certificate);
        var expected = Fingerprint.Of(other);
        var url = inUrl ? server.Url with { Fingerprint = expected } : server.Url;
        var options = inUrl ? Options(true) : Options(true) with { Fingerprint = expected };
        var error = await Assert.ThrowsAsync<NotTrustedException>(() => FileClient.ConnectAsync(url, options));
        Assert.Equal((Fingerprint.Of(certificate), expected), (error.Presented, error.Expected));
        Assert.Empty(_asked);
        Assert.False(File.Exists(Known.Path!));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_certificate_that_the_roots_vouch_for_needs_no_pin()
    {
        var (root, leaf) = Certificates.Signed("localhost");
        using var disposing = root;
        using var certificate = leaf;
        await using var server = new FakeServer(peer => peer.GreetAsync(), certificate);
        var options = Options(null) with { TrustedRoots = [root] };
        await using var client = await FileClient.ConnectAsync(server.Url with { Host = "localhost" }, options);
        Assert.False(File.Exists(Known.Path!));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_trusted_certificate_for_another_host_is_not_enough()
    {
        var (root, leaf) = Certificates.Signed("elsewhere.example");
        using var disposing = root;
        using var certificate = leaf;
        await using var server = new FakeServer(SayNothingAsync, certificate);
        var options = Options(null) with { TrustedRoots = [root] };
        var error = await Assert.ThrowsAsync<NotTrustedException>(
            () => FileClient.ConnectAsync(server.Url with { Host = "localhost" }, options));
        Assert.Contains("another host name", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_pinned_server_stays_pinned_even_when_the_roots_vouch_for_another_key()
    {
        var (root, leaf) = Certificates.Signed("localhost");
        using var disposing = root;
        using var certificate = leaf;
        using var earlier = Certificates.SelfSigned();
        await using var server = new FakeServer(SayNothingAsync, certificate);
        var url = server.Url with { Host = "localhost" };
        await Known.PinAsync(url.Authority, Fingerprint.Of(earlier), null);
        await Assert.ThrowsAsync<NotTrustedException>(() => FileClient.ConnectAsync(url, Options(true) with { TrustedRoots = [root] }));
    }

    [Fact(Timeout = Timeout)]
    public async Task Nothing_falls_back_to_plain()
    {
        await using var server = new FakeServer(SayNothingAsync);
        await Assert.ThrowsAnyAsync<ClientException>(() => FileClient.ConnectAsync(
            server.Url with { IsPlain = false }, Options(true) with { ConnectTimeout = TimeSpan.FromMilliseconds(500) }));
        Assert.Equal(1, server.Connections);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_port_where_nobody_listens_is_not_reachable()
    {
        using var port = new FixedPort();
        var error = await Assert.ThrowsAsync<NotReachableException>(() => FileClient.ConnectAsync(port.Url));
        Assert.Contains("Is the server started", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, error.ExitCode);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_host_that_does_not_exist_is_not_reachable() =>
        await Assert.ThrowsAsync<NotReachableException>(() => FileClient.ConnectAsync(ArgosyUrl.Parse("argosy://nowhere.invalid/")));

    [Fact(Timeout = Timeout)]
    public async Task A_listener_that_says_nothing_is_given_up()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = new ArgosyUrl { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port };
        await Assert.ThrowsAsync<NotReachableException>(
            () => FileClient.ConnectAsync(url, Options(true) with { ConnectTimeout = TimeSpan.FromMilliseconds(300) }));
    }

    private static async Task SayNothingAsync(FakePeer peer)
    {
        await peer.DiscardAsync();
    }

    private async Task ConnectOnceAsync(FixedPort port, X509Certificate2 certificate, bool? accept)
    {
        await using var server = port.Open(certificate);
        await using var client = await FileClient.ConnectAsync(port.Url, Options(accept));
    }

    private Task<FileClient> ConnectAsync(FakeServer server, bool? accept = null) => FileClient.ConnectAsync(server.Url, Options(accept));

    private ClientOptions Options(bool? accept) => new()
    {
        KnownServers = Known,
        AcceptUnknown = accept is null ? null : (server, _) =>
        {
            _asked.Add(server);
            return ValueTask.FromResult(accept.Value);
        },
    };
}
