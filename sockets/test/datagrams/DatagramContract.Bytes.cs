using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

public abstract partial class DatagramContract
{
    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Every), MemberType = typeof(DatagramWire))]
    public async Task A_datagram_is_answered_from_the_socket_that_received_it(string wire)
    {
        await using var server = Serve(wire, Echo);
        using var client = new DatagramClient(wire);
        foreach (var size in (int[])[1, 100, 1400, 60_000])
        {
            var sent = Noise(size);
            await client.SendAsync(sent, server.Address);
            var (answer, from) = await client.ReceiveAsync();
            Assert.Equal(sent, answer);
            Assert.Equal(server.Address.ToString(), from.ToString());
        }
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Every), MemberType = typeof(DatagramWire))]
    public async Task The_handler_knows_who_sent_it_and_where_it_arrived(string wire)
    {
        await using var server = Serve(wire, static (context, _) => Answer(context, $"{context.Sender} {context.LocalEndPoint}"));
        using var client = new DatagramClient(wire);
        await client.SendAsync("who am I", server.Address);
        Assert.Equal($"{client.Address} {server.Address}", await client.TextAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Every), MemberType = typeof(DatagramWire))]
    public async Task An_empty_datagram_is_one(string wire)
    {
        await using var server = Serve(wire, static (context, _) =>
        {
            Answer(context, $"{context.Length} {context.IsTruncated}");
            context.Reply([]);
            return default;
        });
        using var client = new DatagramClient(wire);
        await client.SendAsync("", server.Address);
        Assert.Equal("0 False", await client.TextAsync());
        Assert.Empty((await client.ReceiveAsync()).Bytes);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Every), MemberType = typeof(DatagramWire))]
    public async Task A_truncated_datagram_is_seen_as_such(string wire)
    {
        await using var server = Serve(
            wire, static (context, _) => Answer(context, $"{context.Payload.Length} of {context.Length} {context.IsTruncated}"),
            options => options with { MaxDatagram = 100 });
        using var client = new DatagramClient(wire);
        foreach (var (size, expected) in (ValueTuple<int, string>[])[(100, "100 of 100 False"), (101, "100 of 101 True"), (5000, "100 of 5000 True")])
        {
            await client.SendAsync(Noise(size), server.Address);
            Assert.Equal(expected, await client.TextAsync());
        }

        Assert.Equal(2, server.Counters.Truncated);
    }

    [Theory(Timeout = Limit)]
    [InlineData("0.0.0.0", "udp4", "127.0.0.1 127.0.0.2 127.9.9.9")]
    [InlineData("::", "udp4", "127.0.0.1 127.0.0.2 127.9.9.9")]
    [InlineData("::", "udp6", "::1")]
    public async Task A_server_on_all_addresses_answers_from_the_one_that_was_asked(string bound, string wire, string asked)
    {
        await using var server = Serve(
            wire, static (context, _) => Answer(context, $"{context.LocalEndPoint}"), options => options with { ListenOn = [new IPEndPoint(IPAddress.Parse(bound), 0)] });
        var port = ((IPEndPoint)server.Address).Port;
        using var client = new DatagramClient(wire);
        foreach (var address in asked.Split(' '))
        {
            var to = new IPEndPoint(IPAddress.Parse(address), port);
            await client.SendAsync("from where", to);
            var (answer, from) = await client.ReceiveAsync();
            Assert.Equal(to, from);
            Assert.Equal(to.ToString(), System.Text.Encoding.ASCII.GetString(answer));
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_dual_stack_server_shows_and_answers_both_families()
    {
        await using var server = Serve(
            "udp6",
            static (context, _) =>
            {
                Answer(context, $"{((IPEndPoint)context.Sender!).Address}");
                context.Send("again"u8, context.Sender);
                return default;
            },
            options => options with { ListenOn = [new IPEndPoint(IPAddress.IPv6Any, 0)] });
        var port = ((IPEndPoint)server.Address).Port;
        foreach (var (wire, address) in (ValueTuple<string, IPAddress>[])[("udp4", IPAddress.Loopback), ("udp6", IPAddress.IPv6Loopback)])
        {
            using var client = new DatagramClient(wire);
            await client.SendAsync("", new IPEndPoint(address, port));
            Assert.Equal($"{address}", await client.TextAsync());
            Assert.Equal("again", await client.TextAsync());
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Several_addresses_are_served_at_once()
    {
        await using var server = Serve("udp4", Echo, options => options with
        {
            ListenOn = [DatagramWire.NewAddress("udp4"), DatagramWire.NewAddress("unix"), DatagramWire.NewAddress("udp4")],
        });
        for (var i = 0; i < 3; i++)
        {
            using var client = new DatagramClient(i == 1 ? "unix" : "udp4");
            await client.SendAsync([(byte)i], server.Server.LocalEndPoints[i]);
            var (answer, from) = await client.ReceiveAsync();
            Assert.Equal([(byte)i], answer);
            Assert.Equal(server.Server.LocalEndPoints[i].ToString(), from.ToString());
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_sender_without_a_name_is_served_and_cannot_be_answered()
    {
        using var elsewhere = new DatagramClient("unix");
        await using var server = Serve("unix", static (context, scene) =>
        {
            context.Send(System.Text.Encoding.ASCII.GetBytes($"{context.Sender is null} {context.Reply("answer"u8)}"), scene.Address("elsewhere"));
            return default;
        }, null, ("elsewhere", elsewhere.Address));
        using (var unnamed = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified))
            await unnamed.SendToAsync("x"u8.ToArray(), server.Address);
        Assert.Equal("True False", await elsewhere.TextAsync());
        await UntilAsync(() => server.Counters.Handled == 1);
        Assert.Equal(1, server.Counters.Unsent);
    }
}
