using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.Sockets.Tests.Guide;

/// <summary>The programs of docs/framework.md, run under every model; and that the pages show what was run.</summary>
public sealed class FrameworkGuideTests
{
    private const int Limit = 30_000;

    private static readonly ILogger Logger = NullLogger.Instance;

    public static TheoryData<string> Pages => ["framework.md", "selectors.md", "socketserver.md", "buffered-io.md"];

    [Theory]
    [MemberData(nameof(Pages))]
    public void What_a_page_shows_is_compiled_among_these_tests(string page)
    {
        var sources = Snippets.Sources("*.cs").ToList();
        var snippets = Snippets.Of(page);
        Assert.Equal([], snippets.Where(snippet => !sources.Any(source => Snippets.Holds(source.Lines, snippet))).Select(snippet => string.Join('\n', snippet)));
        if (page == "framework.md") Assert.InRange(snippets.Count, 8, 30);
    }

    [Fact]
    public void The_page_lists_every_model()
    {
        var page = Repository.Read("docs", "framework.md");
        Assert.Equal([], ConcurrencyModels.All.Where(model => !page.Contains($"| `{model.Name}` |")).Select(model => model.Name));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task The_first_server_answers(string model)
    {
        var options = new StreamServerOptions
        {
            ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)],
            Model = ConcurrencyModels.Find(model)!,
        };
        await using var server = new StreamServer(options, () => new Shout(), Logger);
        server.OnError += (error, connection) => Logger.LogWarning(error, "{Peer}", connection.RemoteEndPoint);
        server.Start();
        Console.WriteLine($"listening on {server.LocalEndPoints[0]}");

        await using var client = await TestClient.ConnectAsync(server.LocalEndPoints[0], "tcp4");
        await client.SendAsync("ahoy\nthere\r\n");
        Assert.Equal("AHOY\r\nTHERE\r\n", await client.ReceiveTextAsync(13));
        await client.DisposeAsync();

        await server.StopAsync(drain: TimeSpan.FromSeconds(30));
        Assert.Equal(0, server.ActiveConnections);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_function_is_enough_for_a_small_server(string model)
    {
        var options = new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = ConcurrencyModels.Find(model)! };
        await using var server = new StreamServer(options, async context =>
        {
            var buffer = new byte[4096];
            while (await context.Connection.ReadAsync(buffer) is > 0 and var count)
                await context.Connection.WriteAsync(buffer.AsMemory(0, count));
        });
        server.Start();
        await using var client = await TestClient.ConnectAsync(server.LocalEndPoints[0], "tcp4");
        await client.SendAsync("echo");
        Assert.Equal("echo", await client.ReceiveTextAsync(4));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task The_secure_server_answers_over_TLS(string model)
    {
        await using var server = Start(model, () => new SecureShout(Wire.ServerTls));
        await using var client = await TestClient.ConnectAsync(server.LocalEndPoints[0], "tcp4+tls");
        await client.SendAsync("secret\n");
        Assert.Equal("secret\r\n", await client.ReceiveTextAsync(8));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task Limits_refuse_with_a_reason(string model)
    {
        var options = new StreamServerOptions
        {
            ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)],
            Model = ConcurrencyModels.Find(model)!,
            BusyAbove = 1,           // above it Context.IsOverloaded is true: say "busy" in the protocol's words
            MaxConnections = 3,      // above it a connection is closed at once
            MaxPerAddress = 100,     // one IPv4 address, or one IPv6 /64
            Verify = peer => peer.RemoteEndPoint is IPEndPoint { Address: var address } && IPAddress.IsLoopback(address) ? null : "not from here",
        };
        await using var server = new StreamServer(options, () => new PoliteShout());
        server.Start();
        await using var first = await TestClient.ConnectAsync(server.LocalEndPoints[0], "tcp4");
        Assert.Equal("220", await first.ReceiveTextAsync(3));
        await using var second = await TestClient.ConnectAsync(server.LocalEndPoints[0], "tcp4");
        Assert.StartsWith("421 too many guests", await second.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task The_relay_relays(string model)
    {
        await using var target = Start(model, () => new Shout());
        await using var relay = Start(model, () => new Relay(target.LocalEndPoints[0]));
        await using var client = await TestClient.ConnectAsync(relay.LocalEndPoints[0], "tcp4");
        await client.SendAsync("through\n");
        Assert.Equal("THROUGH\r\n", await client.ReceiveTextAsync(9));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task The_chat_tells_everybody(string model)
    {
        var options = new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = ConcurrencyModels.Find(model)! };
        var room = new ChatRoom();
        await using var server = new StreamServer(options, room.CreateHandler);
        server.Start();
        await using var anna = await TestClient.ConnectAsync(server.LocalEndPoints[0], "tcp4");
        await anna.SendAsync("is anybody there?\n");
        var expected = $"{anna.Socket.LocalEndPoint}: is anybody there?\r\n";
        Assert.Equal(expected, await anna.ReceiveTextAsync(expected.Length));
        await using var ben = await TestClient.ConnectAsync(server.LocalEndPoints[0], "tcp4");
        await ben.SendAsync("I am\n");
        expected = $"{ben.Socket.LocalEndPoint}: I am\r\n";
        Assert.Equal(expected, await anna.ReceiveTextAsync(expected.Length));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_protocol_connects_under_the_model_as_well(string model)
    {
        await using var server = Start(model, () => new Shout());
        var answers = new TaskCompletionSource<string>();
        var factory = new ProtocolFactory(() => new Asker(answers));
        await using var client = new ProtocolClient(ConcurrencyModels.Find(model));
        await client.ConnectAsync(server.LocalEndPoints[0], factory, Deadline.After(TimeSpan.FromSeconds(10)));
        Assert.Equal("AHOY", await answers.Task);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task Who_knows_the_key_gets_the_file(string model)
    {
        var (key, path) = (Encoding.ASCII.GetBytes("0123456789abcdef"), Path.GetTempFileName());
        try
        {
            await File.WriteAllTextAsync(path, "the file", TestContext.Current.CancellationToken);
            await using var server = Start(model, () => new KeyedFile(key, path));
            await using var asking = Start(model, context => AskAsync(context, server.LocalEndPoints[0], key));
            await using var client = await TestClient.ConnectAsync(asking.LocalEndPoints[0], "tcp4");
            Assert.Equal("the file", await client.ReceiveTextToEndAsync());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_body_behind_a_line_reaches_its_file_whole(string model)
    {
        var path = Path.GetTempFileName();
        try
        {
            using var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
            await using var server = Start(model, () => new Upload(file));
            await using var client = await TestClient.ConnectAsync(server.LocalEndPoints[0], "tcp4");
            var sent = new string('x', 100_000) + "end";
            await client.SendAsync($"{sent.Length}\r\n{sent}");
            Assert.Equal("got it\n", await client.ReceiveTextToEndAsync());
            Assert.Equal(sent, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_bulk_part_takes_whatever_comes_into_a_file(string model)
    {
        var path = Path.GetTempFileName();
        try
        {
            using var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
            await using var server = Start(model, () => new Spool(file));
            await using var client = await TestClient.ConnectAsync(server.LocalEndPoints[0], "tcp4");
            var sent = new byte[3_000_001];
            new Random(4).NextBytes(sent);
            await client.SendAsync(sent);
            await client.FinishSendingAsync();
            Assert.Equal("got it\n", await client.ReceiveTextToEndAsync());
            var stored = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
            Assert.True(sent.AsSpan().SequenceEqual(stored));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_datagram_is_answered()
    {
        var options = new DatagramServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)] };
        await using var server = new DatagramServer(options, () => new Measure());
        server.Start();
        using var client = new UdpClient();
        await client.SendAsync("twelve bytes"u8.ToArray(), (IPEndPoint)server.LocalEndPoints[0], TestContext.Current.CancellationToken);
        var answer = await client.ReceiveAsync(TestContext.Current.CancellationToken);
        Assert.Equal("12 bytes", Encoding.ASCII.GetString(answer.Buffer));
    }

    [Fact(Timeout = Limit)]
    public async Task The_selector_loop_serves()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = Path.Combine(Path.GetTempPath(), $"argosy-{Guid.NewGuid():N}.sock");
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var serving = Task.Run(() => SelectorGuide.Serve(listener));
        await using (var client = await TestClient.ConnectAsync(new UnixDomainSocketEndPoint(path), "unix")) await client.SendAsync("x");
        Assert.Equal("x", await serving);
        File.Delete(path);
    }

    private static async ValueTask AskAsync(HandlerContext context, EndPoint server, byte[] key)
    {
        await using var other = await context.ConnectAsync(server, Deadline.After(TimeSpan.FromSeconds(10)));
        await other.ChallengeAsClientAsync(key, Deadline.After(TimeSpan.FromSeconds(5)));
        var buffer = new byte[100];
        while (await other.ReadAsync(buffer) is > 0 and var count) await context.Connection.WriteAsync(buffer.AsMemory(0, count));
    }

    private static StreamServer Start(string model, Func<ConnectionHandler> handlers) => Started(new StreamServer(Options(model), handlers));

    private static StreamServer Start(string model, Func<HandlerContext, ValueTask> handle) => Started(new StreamServer(Options(model), handle));

    private static StreamServerOptions Options(string model) =>
        new() { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = ConcurrencyModels.Find(model)! };

    private static StreamServer Started(StreamServer server)
    {
        server.Start();
        return server;
    }

    private sealed class Asker(TaskCompletionSource<string> answers) : LineReceiver
    {
        protected internal override void ConnectionMade() => SendLine("ahoy");

        protected override void LineReceived(string line)
        {
            answers.SetResult(line);
            Transport.LoseConnection();
        }
    }
}
