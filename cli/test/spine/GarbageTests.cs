using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Argosy.Cli.Tests.Spine;

/// <summary>What scanners, broken programs and enemies send: refused or timed out, while others are served.</summary>
public sealed class GarbageTests
{
    // Login and frame deadlines are 10 s, a lingering close 2 s; the rest is for a busy machine.
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(25);

    private static readonly byte[] HalfFrame = [50, 0, 0, 0, .. "{\"cmd\":\"pi"u8];

    // What is sent, and a part of the last words where there have to be some.
    private static readonly (string Name, byte[] Bytes, string? LastWords)[] Garbage =
    [
        ("a length of 4 GiB", [0xff, 0xff, 0xff, 0xff], "too-large"),
        ("a length of 1 GiB and more", [0, 0, 0, 0x40, .. Contents.Random(100_000)], "too-large"),
        ("a length of 0", new byte[4], "bad-frame"),
        ("half a frame", HalfFrame, "timeout"),
        ("half a length", [22, 0], null),
        ("HTTP", Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: argosy\r\n\r\n"), "too-large"),
        ("SSH", Encoding.ASCII.GetBytes("SSH-2.0-OpenSSH_9.9\r\n"), "too-large"),
        ("no JSON", [4, 0, 0, 0, .. "%§"u8, (byte)'!'], "bad-frame"),
        ("half a TLS handshake", [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc], null),
        ("a broken TLS handshake", [0x16, 3, 1, 2, 0, .. Contents.Random(512)], null),
        ("an old SSL handshake", [0x80, 0x2e, 1, 0, 2, .. Contents.Random(100)], null),
        ("silence", [], null),
        ("half a body", [.. Frame("""{"cmd":"ping","id":1}"""), .. HalfFrame], "timeout"),
        .. Enumerable.Range(0, 20).Select(seed => ($"random bytes {seed}", Contents.Random(20_000, seed), (string?)null)),
    ];

    [Theory]
    [InlineData("async")]
    [InlineData("threads")]
    public async Task Garbage_is_refused_or_timed_out_while_others_are_served(string model)
    {
        await using var deployment = await Deployment.StartAsync("--model", model, "--anonymous", "rw");
        await File.WriteAllBytesAsync(deployment.Home["file"], Contents.Random(1 << 20));
        await deployment.DoAsync("put", deployment.Home["file"], deployment.Url("/first"));
        var memory = new Memory(deployment.Server.Id);

        var attacks = Task.WhenAll(Garbage.Select(each => AttackAsync(deployment.Server.Address, each.Name, each.Bytes, each.LastWords)).Append(
            DripAsync(deployment.Server.Address)));
        for (var served = 0; served < 4; served++)
        {
            // The last one after all of it, the others while it goes on: some of the garbage takes the server's full patience.
            if (served == 3) await attacks;
            var url = deployment.Url($"/{served}", tls: served % 2 == 1);
            await deployment.DoAsync("put", deployment.Home["file"], url);
            await deployment.DoAsync("get", url, deployment.Home["back"]);
            Contents.AssertSame(deployment.Home["file"], deployment.Home["back"]);
            if (served == 0) Assert.False(attacks.IsCompleted);
        }

        Assert.InRange(memory.Grown, 0, 100 << 20);
        Assert.DoesNotContain(deployment.Server.Log, character => char.IsControl(character) && character is not ('\n' or '\r'));
        Assert.Equal(0, await deployment.Server.StopAsync());
    }

    private static async Task AttackAsync(IPEndPoint server, string name, byte[] bytes, string? lastWords)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(server);
        var heard = ListenAsync(connection, name);
        try
        {
            await connection.GetStream().WriteAsync(bytes);
        }
        catch (IOException)
        {
            return; // It was cut off before it had said everything.
        }

        var words = await heard;
        if (lastWords is not null) Assert.True(words.Contains($"\"error\":\"{lastWords}\"", StringComparison.Ordinal), $"{name}: {words}");
    }

    // Every byte comes in time for the next; the frame as a whole does not.
    private static async Task DripAsync(IPEndPoint server)
    {
        using var connection = new TcpClient { NoDelay = true };
        await connection.ConnectAsync(server);
        var heard = ListenAsync(connection, "a slow drip");
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        var slow = Frame($$"""{"cmd":"ping","id":1,"x":"{{new string('x', 4000)}}"}""");
        for (var at = 0; !heard.IsCompleted && await pace.WaitForNextTickAsync(); at++)
        {
            try
            {
                await connection.GetStream().WriteAsync(slow.AsMemory(at, 1));
            }
            catch (IOException)
            {
                break;
            }
        }

        Assert.Contains("\"error\":\"timeout\"", await heard);
    }

    /// <summary>Reads until the server ends the connection.</summary>
    private static async Task<string> ListenAsync(TcpClient connection, string name)
    {
        var clock = Stopwatch.StartNew();
        var heard = new MemoryStream();
        using var limit = new CancellationTokenSource(Enough);
        try
        {
            await connection.GetStream().CopyToAsync(heard, limit.Token);
        }
        catch (IOException)
        {
            // A reset is an end too.
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{name} still has its connection after {clock.Elapsed}");
        }

        return Encoding.UTF8.GetString(heard.ToArray());
    }

    private static byte[] Frame(string header) => [.. BitConverter.GetBytes(Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header)];
}
