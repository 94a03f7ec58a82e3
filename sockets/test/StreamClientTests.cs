using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

/// <summary>A connection that is opened outside a server.</summary>
public class StreamClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Addresses => ["tcp4", "tcp6", "unix"];

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task A_client_and_a_server_prove_a_key_to_each_other_and_then_talk_in_messages(string wire)
    {
        var (key, framing) = (new byte[32], new LengthFraming(4, 1024));
        await using var server = new StreamServer(new() { ListenOn = [Wire.NewAddress(wire)] }, async context =>
        {
            await context.Connection.ChallengeAsServerAsync(key, Deadline.After(Patience));
            using var frames = new FramedConnection(context.Connection, framing);
            while (await frames.ReadAsync() is { } message) await frames.WriteAsync(message);
        });
        server.Start();

        await using var connection = await StreamClient.ConnectAsync(server.LocalEndPoints[0], Deadline.After(Patience));
        await connection.ChallengeAsClientAsync(key, Deadline.After(Patience));
        using var messages = new FramedConnection(connection, framing);
        await messages.WriteAsync("one"u8.ToArray());
        Assert.Equal("one"u8.ToArray(), (await messages.ReadAsync())!.Value.ToArray());
        await connection.ShutdownWriteAsync();
        Assert.Null(await messages.ReadAsync());
    }

    [Fact]
    public async Task Where_nobody_listens_the_error_says_refused()
    {
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // ours, and nobody listens
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await StreamClient.ConnectAsync(holder.LocalEndPoint!, Deadline.After(Patience)));
        Assert.Equal(ConnectionError.Refused, error.Error);
    }

    [Fact]
    public async Task A_passed_deadline_is_a_timeout()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.sock");
        using var full = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        full.Bind(new UnixDomainSocketEndPoint(path));
        full.Listen(0);
        using var first = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        first.Connect(new UnixDomainSocketEndPoint(path)); // the backlog is full now
        await Assert.ThrowsAsync<TimeoutException>(
            async () => await StreamClient.ConnectAsync(new UnixDomainSocketEndPoint(path), Deadline.After(TimeSpan.FromMilliseconds(50))));
        File.Delete(path);
    }
}
