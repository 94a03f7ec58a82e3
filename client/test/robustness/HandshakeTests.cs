namespace Argosy.Client.Tests.Robustness;

/// <summary>TLS handshakes with a bit flipped at many places, and words that are no TLS: always a documented error, and nothing is sent.</summary>
public sealed class HandshakeTests : IDisposable
{
    private const int Timeout = 60_000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Timeout)]
    public async Task A_bit_that_flips_in_the_servers_handshake_ends_it()
    {
        using var certificate = Certificates.SelfSigned();
        await using var server = new FakeServer(peer => peer.GreetAsync(), certificate);
        await using var line = new FlippingProxy(server.Port);
        var url = server.Url with { Port = line.Port };
        await using (await FileClient.ConnectAsync(url, Options(certificate)))
            Assert.InRange(line.Down.Length, 500, 10_000);
        var random = new Random(1);
        // Far enough from the end that it is no ticket, which a client need not look at.
        for (var i = 0; i < 60; i++)
        {
            line.DownBit = random.Next(700 * 8);
            var error = await Assert.ThrowsAnyAsync<ClientException>(() => FileClient.ConnectAsync(url, Options(certificate)));
            Assert.DoesNotContain(error.Message, char.IsControl);
        }
    }

    [Theory(Timeout = Timeout)]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("\u0016\u0003\u0003\u00ff\u00ff")]
    [InlineData("\u0016\u0003\u0003\u0000\u0000\u0016\u0003\u0003\u0000\u0000")]
    [InlineData("\u0015\u0003\u0003\u0000\u0002\u0002\u0028")]
    [InlineData("\u001b]0;owned\u0007")]
    [InlineData("")]
    public async Task Words_that_are_no_handshake_end_it(string words)
    {
        await using var server = new FakeServer(peer => peer.SendAsync(System.Text.Encoding.Latin1.GetBytes(words)));
        var options = new ClientOptions { ConnectTimeout = TimeSpan.FromSeconds(2), KnownServers = new KnownServers(_folder["known"]) };
        var error = await Assert.ThrowsAnyAsync<ClientException>(() => FileClient.ConnectAsync(server.Url with { IsPlain = false }, options));
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Fact(Timeout = Timeout)]
    public async Task What_cannot_be_reached_is_said_in_words_of_this_client()
    {
        var name = new ArgosyUrl { Host = new string('a', 300) + ".invalid", IsPlain = true };
        Assert.Contains("is not known", (await Assert.ThrowsAsync<NotReachableException>(() => FileClient.ConnectAsync(name))).Message, StringComparison.Ordinal);
        await using var server = new FakeServer(async peer => await peer.SendAsync(new byte[] { 0x15, 3, 3, 0, 2, 2, 40 }), port: 0);
        var options = new ClientOptions { ConnectTimeout = TimeSpan.FromSeconds(5), KnownServers = new KnownServers(null) };
        var error = await Assert.ThrowsAsync<NotTrustedException>(() => FileClient.ConnectAsync(server.Url with { IsPlain = false }, options));
        Assert.Contains("cannot agree on TLS 1.3. Is it", error.Message, StringComparison.Ordinal);
    }

    private ClientOptions Options(System.Security.Cryptography.X509Certificates.X509Certificate2 certificate) => new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(1),
        SilenceTimeout = TimeSpan.FromSeconds(1),
        Fingerprint = Fingerprint.Of(certificate),
        KnownServers = new KnownServers(_folder["known"]),
    };
}
