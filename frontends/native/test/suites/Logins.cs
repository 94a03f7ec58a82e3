using System.Security.Cryptography;
using Argosy.Files;
using Argosy.FrontEnds;
using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>docs/protocol.md section 3: SCRAM, its failures, and visitors without an account.</summary>
public sealed class Logins : ProtocolTest
{
    [Theory]
    [EverySetup]
    public async Task A_login_opens_the_home()
    {
        Start();
        WireClient client = await ConnectAsync();

        Answer answer = await client.LoginAsync(FileWorld.User, FileWorld.Password);

        Assert.True(answer.IsOk);
        AssertText("/", answer.Reply.Path);
        Assert.Equal(WireError.BadRequest, (await client.LoginAsync(FileWorld.User, FileWorld.Password)).Error);
    }

    [Theory]
    [EverySetup]
    public async Task Unknown_names_and_wrong_passwords_differ_in_nothing()
    {
        Start();
        var shapes = new List<string>();
        foreach ((string name, string password) in ((string, string)[])[(FileWorld.User, "wrong"), ("nobody", FileWorld.Password)])
        {
            WireClient client = await ConnectAsync();
            Answer challenge = await client.AskAsync($$"""{"cmd":"auth","id":1,"mechanism":"SCRAM-SHA-256","scram":"n,,n={{name}},r=abcdefghijkl"}""");
            Assert.Equal(ReplyStatus.Continue, challenge.Reply.Status);
            string[] parts = challenge.Reply.Scram!.Split(',');
            WireClient again = await ConnectAsync();
            Answer repeated = await again.AskAsync($$"""{"cmd":"auth","id":1,"mechanism":"SCRAM-SHA-256","scram":"n,,n={{name}},r=abcdefghijkl"}""");
            Assert.Equal(parts[1], repeated.Reply.Scram!.Split(',')[1]);

            Answer last = await (await ConnectAsync()).LoginAsync(name, password);
            shapes.Add($"{parts[0].Length} {Convert.FromBase64String(parts[1][2..]).Length} {last.Error} {last.Reply.Message}");
        }

        Assert.Equal(shapes[0], shapes[1]);
    }

    [Theory]
    [EverySetup]
    public async Task Three_failures_end_the_connection()
    {
        Start();
        WireClient client = await ConnectAsync();
        for (int i = 0; i < 3; i++)
            Assert.Equal(WireError.LoginFailed, (await client.LoginAsync(FileWorld.User, "wrong")).Error);

        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [EverySetup]
    public async Task A_login_that_is_begun_again_without_its_end_has_failed()
    {
        Start();
        WireClient client = await ConnectAsync();
        const string begin = """{"cmd":"auth","id":1,"mechanism":"SCRAM-SHA-256","scram":"n,,n=alex,r=abcdefghijkl"}""";
        for (int i = 0; i < 3; i++)
            Assert.Equal(ReplyStatus.Continue, (await client.AskAsync(begin)).Reply.Status);

        Assert.Equal(WireError.LoginFailed, (await client.AskAsync(begin)).Error);
        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [EverySetup]
    public async Task A_stranger_has_no_longer_than_the_login_time_whatever_it_sends()
    {
        Start(new NativeOptions { AllowPlain = true, LoginTime = TimeSpan.FromSeconds(1), LingerTime = TimeSpan.FromMilliseconds(200) });
        WireClient client = await ConnectAsync();
        Answer refused = await client.AskAsync("""{"cmd":"put","id":1,"path":"x","body":"chunked"}""");
        Assert.Equal(WireError.LoginRequired, refused.Error);
        Task dripping = DripAsync(client);

        Assert.Equal(WireError.Timeout, (await client.ReadAsync()).Error);
        await dripping;
    }

    [Theory]
    [EverySetup]
    public async Task Two_failures_do_not_keep_anybody_out()
    {
        Start();
        WireClient client = await ConnectAsync();
        await client.LoginAsync(FileWorld.User, "wrong");
        await client.LoginAsync("nobody", FileWorld.Password);

        Assert.True((await client.LoginAsync(FileWorld.User, FileWorld.Password)).IsOk);
    }

    [Theory]
    [EverySetup]
    public async Task Tls_binds_the_login_to_the_connection_so_that_a_relay_fails()
    {
        Start();
        WireClient bound = await ConnectTlsAsync();
        Assert.True((await bound.LoginAsync(FileWorld.User, FileWorld.Password)).IsOk);

        WireClient relayed = await ConnectTlsAsync();
        Answer answer = await relayed.LoginAsync(FileWorld.User, FileWorld.Password, RandomNumberGenerator.GetBytes(32));
        Assert.Equal(WireError.LoginFailed, answer.Error);
    }

    [Theory]
    [EverySetup]
    public async Task A_client_that_was_told_that_it_cannot_bind_has_been_relayed()
    {
        Start();
        WireClient client = await ConnectTlsAsync();
        Answer answer = await client.AskAsync("""{"cmd":"auth","id":1,"mechanism":"SCRAM-SHA-256","scram":"y,,n=alex,r=abcdefghijkl"}""");

        Assert.Equal(WireError.LoginFailed, answer.Error);
    }

    [Theory]
    [EverySetup("""{"cmd":"auth","mechanism":"PLAIN","scram":"x"}""", WireError.Unsupported)]
    [EverySetup("""{"cmd":"auth","mechanism":"SCRAM-SHA-256-PLUS","scram":"p=tls-server-end-point,,n=alex,r=abc"}""", WireError.Unsupported)]
    [EverySetup("""{"cmd":"auth","mechanism":"ANONYMOUS"}""", WireError.Unsupported)]
    [EverySetup("""{"cmd":"auth","mechanism":"SCRAM-SHA-256"}""", WireError.BadRequest)]
    [EverySetup("""{"cmd":"auth","scram":"c=biws,r=abc,p=abc"}""", WireError.BadRequest)]
    [EverySetup("""{"cmd":"auth","mechanism":"SCRAM-SHA-256","scram":"nonsense"}""", WireError.BadRequest)]
    public async Task Malformed_logins_are_refused(string request, WireError error)
    {
        Start();
        WireClient client = await ConnectAsync();

        Assert.Equal(error, (await client.AskAsync(request)).Error);
        Assert.True((await client.AskAsync("""{"cmd":"ping"}""")).IsOk);
    }

    [Theory]
    [EverySetup("""{"cmd":"pwd"}""")]
    [EverySetup("""{"cmd":"ls"}""")]
    [EverySetup("""{"cmd":"get","path":"x"}""")]
    [EverySetup("""{"cmd":"put","path":"x","body":0}""")]
    [EverySetup("""{"cmd":"quota"}""")]
    public async Task File_commands_need_a_login(string request)
    {
        Start();
        WireClient client = await ConnectAsync();

        Assert.Equal(WireError.LoginRequired, (await client.AskAsync(request)).Error);
    }

    [Theory]
    [EverySetup]
    public async Task A_refused_login_never_shows_a_password_or_raw_name_in_the_log()
    {
        var log = new RecordingLogger();
        Start(log: log);
        WireClient client = await ConnectAsync();
        await client.AskAsync("""{"cmd":"auth","mechanism":"SCRAM-SHA-256","scram":"n,,n=ev\nil\u001b[2J,r=abcdefghijkl"}""");
        await client.AskAsync("""{"cmd":"auth","scram":"c=biws,r=abc,p=AAAA"}""");
        await client.LoginAsync(FileWorld.User, FileWorld.Password);
        await client.AskAsync("""{"cmd":"get","path":"a\u001b[2J\nb"}""");
        await client.AskAsync("""{"cmd":"\u001b[2J"}""");
        await client.AskAsync("""{"cmd":"bye"}""");
        Assert.True(await client.IsClosedAsync());

        Assert.Contains(log.Lines, line => line.Contains("get") && line.Contains("\\u{1b}"));
        Assert.DoesNotContain(log.Lines, line => line.Any(char.IsControl) || line.Contains(FileWorld.Password));
    }

    [Theory]
    [EverySetup(AnonymousAccess.ReadOnly, false)]
    [EverySetup(AnonymousAccess.ReadWrite, true)]
    public async Task Anonymous_visitors_read_and_may_write_where_that_is_allowed(AnonymousAccess access, bool writes)
    {
        Start(anonymous: access);
        await File.WriteAllTextAsync(Path.Combine(World.Root, "file"), "text");
        WireClient implicitly = await ConnectAsync();
        WireClient explicitly = await ConnectAsync();
        Assert.True((await explicitly.AskAsync("""{"cmd":"auth","mechanism":"ANONYMOUS"}""")).IsOk);

        foreach (WireClient client in (WireClient[])[implicitly, explicitly])
        {
            AssertText("text", (await client.GetAsync("file")).Body);
            Assert.Equal(writes, (await client.PutAsync("new", Frame.Text("text"))).IsOk);
            Assert.Equal(WireError.NotPermitted, (await client.AskAsync("""{"cmd":"rm","path":"file"}""")).Error);
        }
    }

    [Theory]
    [EverySetup]
    public async Task A_drop_box_takes_files_numbers_them_and_shows_none()
    {
        Start(anonymous: AnonymousAccess.Drop);
        WireClient client = await ConnectAsync();

        Answer first = await client.PutAsync("file", Frame.Text("first"));
        Answer second = await client.PutAsync("file", Frame.Text("second"));

        AssertText("/file", first.Reply.Path);
        Assert.NotEqual(first.Reply.Path, second.Reply.Path);
        Assert.Equal("first", await File.ReadAllTextAsync(Path.Combine(World.Root, "file")));
        Assert.Equal(WireError.NotPermitted, (await client.GetAsync("file")).Error);
        Assert.Equal(WireError.NotPermitted, (await client.AskAsync("""{"cmd":"ls"}""")).Error);
    }

    [Theory]
    [EverySetup]
    public async Task Who_leaves_before_a_proof_has_guessed_nothing()
    {
        var log = new RecordingLogger();
        Start(log: log, bans: new BanRule { Failures = 1 });
        for (int i = 0; i < 3; i++)
        {
            WireClient client = await ConnectAsync();
            Answer challenge = await client.AskAsync("""{"cmd":"auth","id":1,"mechanism":"SCRAM-SHA-256","scram":"n,,n=alex,r=abcdefghijkl"}""");
            Assert.Equal(ReplyStatus.Continue, challenge.Reply.Status);
            await client.DisposeAsync();
        }

        while (Server.ActiveConnections > 0)
            await Task.Delay(10);
        Assert.False(World.Files.IsBanned(System.Net.IPAddress.Loopback));
        Assert.Equal(3, log.Lines.Count(line => line.StartsWith("Left without a proof: the login of alex", StringComparison.Ordinal)));
        Assert.Equal(WireError.LoginFailed, (await (await ConnectAsync()).LoginAsync(FileWorld.User, "wrong")).Error);
        Assert.True(World.Files.IsBanned(System.Net.IPAddress.Loopback));
    }

    [Theory]
    [EverySetup]
    public async Task Who_is_too_late_for_its_proof_has_guessed_nothing()
    {
        Start(
            new NativeOptions { AllowPlain = true, LoginTime = TimeSpan.FromMilliseconds(300), LingerTime = TimeSpan.FromMilliseconds(100) },
            bans: new BanRule { Failures = 1 });
        WireClient client = await ConnectAsync();
        await client.AskAsync("""{"cmd":"auth","id":1,"mechanism":"SCRAM-SHA-256","scram":"n,,n=alex,r=abcdefghijkl"}""");

        Assert.Equal(WireError.Timeout, (await client.ReadAsync()).Error);
        Assert.True(await client.IsClosedAsync());
        while (Server.ActiveConnections > 0)
            await Task.Delay(10);
        Assert.False(World.Files.IsBanned(System.Net.IPAddress.Loopback));
    }

    [Theory]
    [EverySetup]
    public async Task A_client_from_a_banned_address_is_told_so_before_anything_is_done_for_it()
    {
        Start(bans: new BanRule { Failures = 1 });
        await (await ConnectAsync()).LoginAsync(FileWorld.User, "wrong");

        WireClient plain = await ConnectAsync();
        Assert.Equal(WireError.Banned, (await plain.AskAsync("""{"cmd":"ping","id":1}""")).Error);
        Assert.True(await plain.IsClosedAsync());
        WireClient seals = await ConnectAsync(seal: true);
        Assert.Equal(WireError.Banned, (await seals.AskAsync("""{"cmd":"ping","id":1}""")).Error);
        var alert = await Assert.ThrowsAsync<System.Security.Authentication.AuthenticationException>(() => ConnectTlsAsync());
        Assert.Contains("access denied", alert.ToString());
    }

    /// <summary>Sends a refused body byte by byte, as long as somebody takes it.</summary>
    private static async Task DripAsync(WireClient client)
    {
        try
        {
            while (true)
            {
                await client.SendAsync(Frame.Chunk([1]));
                await Task.Delay(50);
            }
        }
        catch (IOException)
        {
            // The server has had enough.
        }
    }
}
