using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Argosy.Sockets.Tests;

public sealed class HmacChallengeTests
{
    private const int Limit = 30_000;

    private static readonly byte[] Key = "sixteen or more random bytes"u8.ToArray();
    private static readonly byte[] OtherKey = "sixteen or more random bytfs"u8.ToArray();

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.AllOverEveryWire), MemberType = typeof(Models))]
    public async Task Two_sides_with_one_key_share_a_secret_that_no_other_connection_has(string model, string wire)
    {
        await using var server = TestServer.Start(model, wire, async (_, connection) =>
        {
            connection.ReadDeadline = Soon();
            var before = connection.ReadDeadline;
            await connection.WriteAsync(await connection.ChallengeAsServerAsync(Key, Soon()));
            Assert.Equal(before, connection.ReadDeadline);
            await Handlers.EchoAsync(null!, connection);
        });
        await using var dialer = TestServer.Start(model, wire, async (context, connection) =>
        {
            var other = await context.ConnectAsync(server.Address, Soon());
            if (Wire.IsTls(wire)) other = await other.AuthenticateAsClientAsync(Wire.ClientTls, Soon());
            var mine = await other.ChallengeAsClientAsync(Key, Soon());
            await connection.WriteAsync(mine);
            var theirs = new byte[64];
            await other.ReadExactlyAsync(theirs.AsMemory(0, 32));
            await other.WriteAsync(mine);
            await other.ReadExactlyAsync(theirs.AsMemory(32));
            await connection.WriteAsync(theirs);
        });
        var secrets = new HashSet<string>();
        for (var i = 0; i < 3; i++)
        {
            await using var client = await dialer.ConnectAsync();
            var all = await client.ReceiveToEndAsync();
            Assert.Equal(96, all.Length);
            Assert.Equal(all[..32], all[32..64]);
            Assert.Equal(all[..32], all[64..]);
            Assert.True(secrets.Add(Convert.ToHexString(all[..32])));
        }

        Assert.Empty(server.Errors);
        Assert.Empty(dialer.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task What_follows_at_once_is_not_swallowed(string model)
    {
        await using var server = TestServer.Start(model, "tcp4", async (_, connection) =>
        {
            await connection.ChallengeAsServerAsync(Key, Soon());
            await Handlers.EchoAsync(null!, connection);
        });
        await using var client = await server.ConnectAsync();
        var challenge = await ReceiveAsync(client);
        await client.SendAsync((byte[])[.. Respond(challenge, Key), .. "and more"u8]);
        await client.FinishSendingAsync();
        Assert.Equal("and more", Encoding.ASCII.GetString((await client.ReceiveToEndAsync())[35..]));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task The_layout_is_the_documented_one(string model)
    {
        await using var server = Serve(model, Soon);
        await using var client = await server.ConnectAsync();
        var challenge = await ReceiveAsync(client);
        Assert.Equal("01-06-73-68-61-32-35-36", BitConverter.ToString(challenge[..8]));
        Assert.Equal(40, challenge.Length);
        var response = Respond(challenge, Key);
        await client.SendAsync(response);
        var confirm = await ReceiveAsync(client);
        Assert.Equal([3, .. Code("argosy challenge server", Key, challenge, response[2..42])], confirm);
        Assert.Equal("welcome", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_wrong_key_is_refused(string model) =>
        Assert.Equal("refused NotAuthentic", await TalkAsync(model, challenge => Respond(challenge, OtherKey)));

    [Theory(Timeout = Limit)]
    [InlineData(0)]
    [InlineData(31)]
    public async Task A_proof_with_one_wrong_bit_is_refused_wherever_it_is(int position) =>
        Assert.Equal("refused NotAuthentic", await TalkAsync("async", challenge =>
        {
            var response = Respond(challenge, Key);
            response[42 + position] ^= 1;
            return response;
        }));

    /// <summary>What a clock cannot show reliably, the source does: secrets meet in one place, and that compares in constant time.</summary>
    [Fact]
    public void Proofs_are_compared_in_constant_time()
    {
        var transcript = Repository.Read("sockets", "src", "challenge", "ChallengeTranscript.cs");
        Assert.Contains("if (!CryptographicOperations.FixedTimeEquals(expected, proof))", transcript);
        Assert.DoesNotContain("SequenceEqual", transcript + Repository.Read("sockets", "src", "challenge", "HmacChallenge.cs"));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_recorded_response_is_refused_on_another_connection(string model)
    {
        await using var server = Serve(model, Soon);
        await using var first = await server.ConnectAsync();
        var recorded = Respond(await ReceiveAsync(first), Key);
        await first.SendAsync(recorded);
        Assert.Equal(3, (await ReceiveAsync(first))[0]);
        await using var second = await server.ConnectAsync();
        await ReceiveAsync(second);
        await second.SendAsync(recorded);
        Assert.Equal("refused NotAuthentic", await OutcomeAsync(second));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_reflected_challenge_or_proof_is_refused(string model)
    {
        Assert.Equal("refused Malformed", await TalkAsync(model, challenge => Frame(challenge)));
        Assert.Equal("refused NotAuthentic", await TalkAsync(model, challenge =>
        {
            // The server's own label over the same words: what a reflected confirmation would hold.
            byte[] head = [2, .. challenge[1..]];
            return Frame([.. head, .. Code("argosy challenge server", Key, challenge, head)]);
        }));
    }

    [Theory(Timeout = Limit)]
    [InlineData("md5")]
    [InlineData("sha255")]
    [InlineData("SHA256")]
    [InlineData("")]
    [InlineData("sha256,md5")]
    public async Task Another_digest_is_refused_by_the_server(string digest) =>
        Assert.Equal("refused UnknownDigest", await TalkAsync("threads", challenge => Respond(challenge, Key, digest)));

    [Theory(Timeout = Limit)]
    [InlineData(127)]
    [InlineData(60)]
    public async Task A_digest_name_that_is_longer_than_its_message_is_refused(int announced) =>
        Assert.Equal("refused Malformed", await TalkAsync("threads", _ => Frame([2, (byte)announced, .. "sha256"u8])));

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task An_over_long_message_is_refused_before_it_is_read(string model)
    {
        Assert.Equal("refused Malformed", await TalkAsync(model, _ => [0, 129]));
        Assert.Equal("refused Malformed", await TalkAsync(model, _ => [0xFF, 0xFF]));
        Assert.Equal("refused Malformed", await TalkAsync(model, challenge => [0, 73, .. Respond(challenge, Key)[2..], 0]));
        Assert.Equal("refused Malformed", await TalkAsync(model, challenge => [0, 71, .. Respond(challenge, Key)[2..73]]));
        Assert.Equal("refused Malformed", await TalkAsync(model, _ => "GET / HTTP/1.1\r\n\r\n"u8.ToArray()));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_peer_that_says_nothing_or_drips_is_refused_at_the_deadline(string model)
    {
        await using var server = Serve(model, () => Deadline.After(TimeSpan.FromMilliseconds(500)));
        await using var silent = await server.ConnectAsync();
        await using var dripping = await server.ConnectAsync();
        var response = Respond(await ReceiveAsync(dripping), Key);
        var drip = Task.Run(async () =>
        {
            foreach (var drop in response[..^1])
            {
                await dripping.SendAsync(new[] { drop });
                await Task.Delay(20);
            }
        });
        await ReceiveAsync(silent);
        Assert.Equal("too slow", await silent.ReceiveTextToEndAsync());
        Assert.Equal("too slow", await dripping.ReceiveTextAsync(8));
        await drip.ContinueWith(_ => { }); // the server has closed, which a drop may meet
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_client_is_not_deceived_by_a_server_without_the_key(string model)
    {
        var nonce = RandomNumberGenerator.GetBytes(32);
        Assert.Equal("NotAuthentic", await DeceiveAsync(model, Challenge("sha256"), response => Frame([3, .. response[^32..]])));
        Assert.Equal("NotAuthentic", await DeceiveAsync(model, Challenge("sha256"), _ => Frame([3, .. nonce])));
        Assert.Equal("UnknownDigest", await DeceiveAsync(model, Challenge("md5"), _ => []));
        Assert.Equal("Malformed", await DeceiveAsync(model, [0, 200], _ => []));
        Assert.Equal("Malformed", await DeceiveAsync(model, Challenge("sha256"), _ => Frame([3, .. nonce, 0])));
        Assert.Equal("Refused", await DeceiveAsync(model, Challenge("sha256"), _ => Frame([0])));
        Assert.Equal("Refused", await DeceiveAsync(model, Challenge("sha256"), _ => []));

        byte[] Challenge(string digest) => Frame([1, (byte)digest.Length, .. Encoding.ASCII.GetBytes(digest), .. nonce]);
    }

    [Fact]
    public async Task A_short_key_is_not_accepted()
    {
        var connection = new ScriptedConnection();
        await Assert.ThrowsAsync<ArgumentException>(async () => await connection.ChallengeAsServerAsync(new byte[15], Soon()));
        Assert.Equal(0, connection.Writes);
    }

    /// <summary>A server that tells the outcome in words.</summary>
    private static TestServer Serve(string model, Func<Deadline> deadline) => TestServer.Start(model, "tcp4", async (_, connection) =>
    {
        try
        {
            await connection.ChallengeAsServerAsync(Key, deadline());
            await connection.WriteAsync("welcome");
        }
        catch (ChallengeException e)
        {
            await connection.WriteAsync($"refused {e.Error}");
            await connection.LingerAsync(TimeSpan.FromSeconds(5));
        }
        catch (TimeoutException)
        {
            await connection.WriteAsync("too slow");
            await connection.LingerAsync(TimeSpan.FromSeconds(5));
        }
    });

    /// <summary>What the server says to a client that answers so.</summary>
    private static async Task<string> TalkAsync(string model, Func<byte[], byte[]> answer)
    {
        await using var server = Serve(model, Soon);
        await using var client = await server.ConnectAsync();
        await client.SendAsync(answer(await ReceiveAsync(client)));
        return await OutcomeAsync(client);
    }

    /// <summary>The words behind the refusal.</summary>
    private static async Task<string> OutcomeAsync(TestClient client)
    {
        Assert.Equal([0], await ReceiveAsync(client));
        return await client.ReceiveTextToEndAsync();
    }

    /// <summary>The error that a client reports of a server that speaks so.</summary>
    private static async Task<string> DeceiveAsync(string model, byte[] challenge, Func<byte[], byte[]> confirm)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var address = listener.LocalEndPoint!;
        await using var dialer = TestServer.Start(model, "tcp4", async (context, connection) =>
        {
            await using var other = await context.ConnectAsync(address, Soon());
            var error = await Assert.ThrowsAsync<ChallengeException>(async () => await other.ChallengeAsClientAsync(Key, Soon()));
            await connection.WriteAsync(error.Error.ToString());
        });
        await using var client = await dialer.ConnectAsync();
        using var accepted = await listener.AcceptAsync();
        await accepted.SendAsync(challenge.AsMemory());
        var response = new byte[74];
        for (var got = 0; got < response.Length;)
        {
            var count = await accepted.ReceiveAsync(response.AsMemory(got));
            if (count == 0 || response[1] == 1) break;
            got += count;
        }

        if (response[2] == 2) await accepted.SendAsync(confirm(response).AsMemory());
        accepted.Shutdown(SocketShutdown.Send);
        return await client.ReceiveTextToEndAsync();
    }

    private static byte[] Respond(byte[] challenge, byte[] key, string digest = "sha256")
    {
        byte[] head = [2, (byte)digest.Length, .. Encoding.ASCII.GetBytes(digest), .. RandomNumberGenerator.GetBytes(32)];
        return Frame([.. head, .. Code("argosy challenge client", key, challenge, head)]);
    }

    private static byte[] Code(string label, byte[] key, byte[] challenge, byte[] response) => HMACSHA256.HashData(
        key, (byte[])[.. Encoding.ASCII.GetBytes(label), 0, 0, (byte)challenge.Length, .. challenge, 0, (byte)response.Length, .. response]);

    private static byte[] Frame(byte[] message) => [0, (byte)message.Length, .. message];

    private static async Task<byte[]> ReceiveAsync(TestClient client) => await client.ReceiveAsync((await client.ReceiveAsync(2))[1]);

    private static Deadline Soon() => Deadline.After(TimeSpan.FromSeconds(20));
}
