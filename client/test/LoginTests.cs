using Argosy.Wire;

namespace Argosy.Client.Tests;

public sealed class LoginTests : IDisposable
{
    private const int Timeout = 20_000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = Timeout)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_right_password_opens_a_session(bool tls)
    {
        using var certificate = Certificates.SelfSigned();
        await using var server = new FakeServer(new FakeAccounts().LogInAsync, tls ? certificate : null);
        await using var client = await ConnectAsync(server);
        await client.PingAsync();
        Assert.Equal("fake", client.Server);
        Assert.Equal(tls ? Fingerprint.Of(certificate) : null, client.ServerFingerprint);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_wrong_password_is_refused_with_advice()
    {
        await using var server = new FakeServer(new FakeAccounts().LogInAsync);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => ConnectAsync(server, "wrong"));
        Assert.Equal("login-failed", refused.Error);
        Assert.Contains("Unknown name or wrong password.", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", refused.ToString().Replace("Unknown name or wrong", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory(Timeout = Timeout)]
    [InlineData(4095)]
    [InlineData(1)]
    [InlineData(10_000_001)]
    public async Task Too_few_or_too_many_iterations_are_refused(int iterations)
    {
        var login = new FakeAccounts { Iterations = iterations };
        await using var server = new FakeServer(login.LogInAsync);
        var error = await Assert.ThrowsAsync<NotTrustedException>(() => ConnectAsync(server));
        Assert.Contains("iterations", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> WrongProofs => ["v=AAAA", "v=", "e=other-error", "", "absent"];

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(WrongProofs))]
    public async Task A_server_that_cannot_prove_that_it_knows_the_account_is_not_trusted(string proof)
    {
        await using var server = new FakeServer(new FakeAccounts { LastMessage = _ => proof == "absent" ? null : proof }.LogInAsync);
        await Assert.ThrowsAsync<NotTrustedException>(() => ConnectAsync(server));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_server_that_skips_the_login_is_not_trusted()
    {
        await using var server = FakeServer.Greeting(async peer => await peer.SendAsync(new Reply { Id = (await peer.ReadRequestAsync()).Id }));
        await Assert.ThrowsAsync<NotTrustedException>(() => ConnectAsync(server));
    }

    [Fact(Timeout = Timeout)]
    public async Task Another_nonce_than_the_clients_is_not_answered()
    {
        await using var server = FakeServer.Greeting(async peer => await peer.SendAsync(new Reply
        {
            Id = (await peer.ReadRequestAsync()).Id,
            Status = ReplyStatus.Continue,
            Scram = "r=other,s=MDEyMw==,i=4096",
        }));
        await Assert.ThrowsAsync<NotTrustedException>(() => ConnectAsync(server));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_name_without_a_password_is_refused_before_anything_is_sent()
    {
        var said = false;
        await using var server = new FakeServer(async peer =>
        {
            await peer.ReadRequestAsync();
            said = true;
        });
        var refused = await Assert.ThrowsAsync<RefusedException>(() => FileClient.ConnectAsync(server.Url with { User = "alex" }));
        Assert.Contains("--password-stdin", refused.Message, StringComparison.Ordinal);
        Assert.False(said);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_person_may_take_longer_over_the_password_than_a_server_waits()
    {
        await using var server = new FakeServer(new FakeAccounts().LogInAsync);
        var asked = 0;
        var options = new ClientOptions
        {
            Password = async stop =>
            {
                asked++;
                await Task.Delay(2_100, stop);
                return FakeAccounts.Password;
            },
        };
        await using var client = await FileClient.ConnectAsync(server.Url with { User = FakeAccounts.User }, options);
        await client.PingAsync();
        Assert.Equal((1, 2), (asked, server.Connections));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_relay_with_a_certificate_that_the_client_accepts_cannot_log_in_with_what_it_hears()
    {
        using var real = Certificates.SelfSigned();
        using var other = Certificates.SelfSigned();
        await using var server = new FakeServer(new FakeAccounts().LogInAsync, real);
        await using var relay = new TlsRelay(server.Port, other);
        var options = Options(FakeAccounts.Password) with { Fingerprint = Fingerprint.Of(other) };
        var url = server.Url with { Port = relay.Port, User = FakeAccounts.User };
        var refused = await Assert.ThrowsAsync<RefusedException>(() => FileClient.ConnectAsync(url, options));
        Assert.Equal("login-failed", refused.Error);
        Assert.True(relay.Bytes > 0);
    }

    [Fact(Timeout = Timeout)]
    public async Task The_same_relay_with_the_servers_own_certificate_carries_a_session()
    {
        using var real = Certificates.SelfSigned();
        await using var server = new FakeServer(new FakeAccounts().LogInAsync, real);
        await using var relay = new TlsRelay(server.Port, real);
        await using var client = await FileClient.ConnectAsync(
            server.Url with { Port = relay.Port, User = FakeAccounts.User }, Options(FakeAccounts.Password));
        await client.PingAsync();
    }

    private Task<FileClient> ConnectAsync(FakeServer server, string password = FakeAccounts.Password) =>
        FileClient.ConnectAsync(server.Url with { User = FakeAccounts.User }, Options(password));

    private ClientOptions Options(string password) => new()
    {
        Password = ClientOptions.UsePassword(password),
        KnownServers = new KnownServers(_folder["known_servers"]),
        AcceptUnknown = (_, _) => ValueTask.FromResult(true),
    };
}
