using Argosy.FrontEnds;
using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>docs/protocol.md section 3: TLS and plain on one port.</summary>
public sealed class Transports : ProtocolTest
{
    [Theory]
    [EverySetup(22)]
    [EverySetup(278)]
    [EverySetup(534)]
    [EverySetup(790)]
    [EverySetup(4_096)]
    public async Task A_plain_header_of_any_length_is_not_taken_for_tls(int length)
    {
        Start();
        WireClient client = await ConnectAsync();
        const string ping = """{"cmd":"ping","id":1}""";
        await client.SendAsync(ping.Insert(ping.Length - 1, new string(' ', length - ping.Length)));

        Assert.True((await client.ReadAsync()).IsOk);
    }

    [Theory]
    [EverySetup]
    public async Task Tls_is_served_on_the_same_port_with_all_that_plain_can()
    {
        Start();
        WireClient client = await ConnectTlsAsync();
        Assert.True((await client.LoginAsync(FileWorld.User, FileWorld.Password)).IsOk);
        byte[] content = new byte[1_000_000];
        new Random(1).NextBytes(content);

        Assert.True((await client.PutAsync("file", content)).IsOk);
        Assert.Equal(content, (await client.GetAsync("file")).Body);
        Assert.Equal(content, (await client.AskAsync("""{"cmd":"get","path":"file","check":"none"}""")).Body);
        Assert.True((await client.AskAsync("""{"cmd":"put","path":"file2","body":1000000,"check":"none"}""", content)).IsOk);
        Assert.True((await client.AskAsync("""{"cmd":"bye"}""")).IsOk);
        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [EverySetup]
    public async Task Plain_is_refused_unless_it_is_allowed()
    {
        Start(new NativeOptions());
        WireClient plain = await ConnectAsync();
        Assert.Equal(WireError.TlsRequired, (await plain.AskAsync("""{"cmd":"ping","id":1}""")).Error);
        Assert.True(await plain.IsClosedAsync());

        WireClient encrypted = await ConnectTlsAsync();
        Assert.True((await encrypted.AskAsync("""{"cmd":"ping","id":1}""")).IsOk);
    }

    [Theory]
    [EverySetup]
    public async Task An_unfinished_handshake_ends_at_the_login_deadline()
    {
        Start(new NativeOptions { LoginTime = TimeSpan.FromMilliseconds(200) });
        WireClient client = await ConnectAsync();
        await client.SendAsync([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]);

        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [EverySetup]
    public async Task Hello_names_what_the_connection_can_do()
    {
        Start(anonymous: Files.AnonymousAccess.Drop);
        Reply plain = (await (await ConnectAsync()).AskAsync("""{"cmd":"hello","version":1,"client":"test/1"}""")).Reply;
        Reply encrypted = (await (await ConnectTlsAsync()).AskAsync("""{"cmd":"hello","version":1}""")).Reply;

        Assert.Equal(["SCRAM-SHA-256"], plain.Mechanisms);
        Assert.Equal(["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"], encrypted.Mechanisms);
        Assert.Equal((1, "drop"), (plain.Version, plain.Anonymous));
        Assert.StartsWith("argosy/", plain.Server);
    }

    [Theory]
    [EverySetup]
    public async Task A_version_that_the_server_lacks_is_unsupported()
    {
        Start();
        WireClient client = await ConnectAsync();
        Assert.Equal(WireError.Unsupported, (await client.AskAsync("""{"cmd":"hello","version":2}""")).Error);
        Reply second = (await client.AskAsync("""{"cmd":"hello","version":1}""")).Reply;
        Assert.Equal((ReplyStatus.Ok, null), (second.Status, second.Anonymous));
    }

    [Theory]
    [EverySetup]
    public async Task Above_the_soft_cap_the_server_says_busy()
    {
        Start(busyAbove: 1);
        WireClient first = await ConnectAsync();
        Assert.True((await first.AskAsync("""{"cmd":"ping"}""")).IsOk);
        WireClient second = await ConnectAsync();

        Answer answer = await second.AskAsync("""{"cmd":"ping","id":4}""");
        Assert.Equal((4, WireError.Busy), (answer.Id, answer.Error));
        Assert.True(await second.IsClosedAsync());
        Assert.True((await first.AskAsync("""{"cmd":"ping"}""")).IsOk);
    }

    [Theory]
    [EverySetup]
    public async Task Strangers_have_a_cap_of_their_own()
    {
        Start(new NativeOptions { AllowPlain = true, MaxUnauthenticated = 2, LingerTime = TimeSpan.FromMilliseconds(200) });
        WireClient first = await LoginAsync();
        WireClient second = await LoginAsync();
        WireClient a = await ConnectAsync();
        Assert.True((await a.AskAsync("""{"cmd":"ping"}""")).IsOk);
        WireClient b = await ConnectAsync();
        Assert.True((await b.AskAsync("""{"cmd":"ping"}""")).IsOk);
        WireClient c = await ConnectAsync();

        Assert.Equal(WireError.Busy, (await c.AskAsync("""{"cmd":"ping"}""")).Error);
        Assert.True(await c.IsClosedAsync());
        Assert.True((await first.AskAsync("""{"cmd":"ping"}""")).IsOk);
        Assert.True((await second.AskAsync("""{"cmd":"ping"}""")).IsOk);
        await a.AskAsync("""{"cmd":"bye"}""");
        Assert.True(await a.IsClosedAsync());
        while (Server.ActiveConnections > 3)
            await Task.Delay(10);
        await LoginAsync();
    }

    [Theory]
    [EverySetup]
    public async Task An_address_that_is_silent_keeps_no_other_from_logging_in_and_the_log_says_so_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems have no 127.0.0.2");
        var log = new RecordingLogger();
        Start(Crowded with { Grace = TimeSpan.FromMinutes(1) }, log: log);
        for (int i = 0; i < 30; i++)
            await ConnectAsync(from: "127.0.0.2");
        while (Server.ActiveConnections < 30)
            await Task.Delay(10);

        for (int i = 0; i < 5; i++)
            await LoginAsync();
        for (int i = 0; i < 5; i++)
            Assert.Equal(WireError.Busy, (await (await ConnectAsync(from: "127.0.0.2")).AskAsync("""{"cmd":"ping"}""")).Error);
        Assert.Single(log.Lines, line => line.StartsWith("127.0.0.2:", StringComparison.Ordinal) && line.Contains("was told that the server is busy"));
    }

    [Theory]
    [EverySetup]
    public async Task Silent_connections_give_way_to_who_speaks_from_the_same_address_too()
    {
        var log = new RecordingLogger();
        Start(Crowded with { Grace = TimeSpan.FromMilliseconds(50) }, log: log);
        WireClient heard = await ConnectAsync();
        Assert.True((await heard.AskAsync("""{"cmd":"ping"}""")).IsOk);
        for (int i = 0; i < 10; i++)
        {
            await ConnectAsync();
            await Task.Delay(100); // Longer than the grace: what follows is no race.
            await LoginAsync();
        }

        Assert.True((await heard.AskAsync("""{"cmd":"ping"}""")).IsOk);
        Assert.Single(log.Lines, line => line.StartsWith("Too many connections without a login: silent ones give way", StringComparison.Ordinal));
    }

    [Theory]
    [EverySetup]
    public async Task Who_comes_when_all_places_are_taken_has_a_moment_to_hear_it()
    {
        Start(Crowded with { MaxUnauthenticatedPerAddress = 1, Grace = TimeSpan.FromMilliseconds(300) });
        WireClient first = await ConnectAsync();
        Assert.True((await first.AskAsync("""{"cmd":"ping"}""")).IsOk);
        WireClient silent = await ConnectAsync();

        Assert.True(await silent.IsClosedAsync()); // Long before the login time of a minute.
        Assert.True((await first.AskAsync("""{"cmd":"ping"}""")).IsOk);
    }

    private static NativeOptions Crowded => new()
    {
        AllowPlain = true,
        MaxUnauthenticated = 20,
        MaxUnauthenticatedPerAddress = 3,
        LoginTime = TimeSpan.FromMinutes(1),
        LingerTime = TimeSpan.FromMilliseconds(100),
    };
}
