using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

public abstract partial class DatagramContract
{
    [Fact(Timeout = Limit)]
    public async Task A_handler_class_gets_an_instance_for_each_datagram()
    {
        await using var server = DatagramTestServer.Prepare(model, "udp4", typeof(Counting), null).Started();
        using var client = new DatagramClient("udp4");
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("x", server.Address);
            Assert.Equal("1", await client.TextAsync());
        }
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Main), MemberType = typeof(DatagramWire))]
    public async Task Stopping_serves_what_is_queued(string wire)
    {
        await using var server = Serve(wire, static async (context, _) =>
        {
            await Task.Delay(1);
            context.Reply(context.Payload.Span);
        }, static options => OneQueue(options, workers: 1));
        using var client = new DatagramClient(wire);
        const int Many = 8; // A Unix socket holds no more than ten that nobody reads (net.unix.max_dgram_qlen), and drops answers beyond that.
        for (byte i = 0; i < Many; i++)
        {
            await client.SendAsync([i], server.Address);
            await UntilAsync(() => server.Counters.Received == i + 1);
        }

        await server.Server.StopAsync(Patience);
        Assert.Equal(Many, server.Counters.Handled);
        for (byte i = 0; i < Many; i++) Assert.Equal([i], (await client.ReceiveAsync()).Bytes);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Main), MemberType = typeof(DatagramWire))]
    public async Task Stopping_ends_at_its_deadline_and_what_is_queued_is_dropped(string wire)
    {
        await using var server = Serve(
            wire, static async (context, scene) => await context.OffloadAsync(WaitForGo, scene), static options => OneQueue(options, workers: 1));
        using var client = new DatagramClient(wire);
        for (var i = 0; i < 5; i++) await client.SendAsync([1], server.Address);
        await UntilAsync(() => server.Counters.Received == 5);
        await server.Server.StopAsync(TimeSpan.FromMilliseconds(50));
        Assert.Equal(4, server.Counters.Dropped);
        server.Scene.Signal("go");
        await UntilAsync(() => server.Counters.Handled + server.Counters.Dropped == 5);
        Assert.Equal(1, server.Counters.Handled);
    }

    [Fact(Timeout = Limit)]
    public async Task Stopping_is_signalled_to_handlers()
    {
        await using var server = Serve("udp4", static async (context, _) =>
        {
            context.Reply("here"u8);
            await Task.Delay(Timeout.Infinite, context.Stopping).ContinueWith(static _ => { }, TaskScheduler.Default);
            context.Reply("bye"u8);
        });
        using var client = new DatagramClient("udp4");
        await client.SendAsync("", server.Address);
        Assert.Equal("here", await client.TextAsync());
        await server.Server.StopAsync(Patience);
        Assert.Equal("bye", await client.TextAsync());
        Assert.Equal(1, server.Counters.Handled);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Every), MemberType = typeof(DatagramWire))]
    public async Task An_address_in_use_is_a_clear_error_and_is_free_again_at_once_afterwards(string wire)
    {
        var server = Serve(wire, Echo);
        var address = server.Address;
        for (var i = 0; i < (Model.RunsInWorkers ? 1 : 3); i++)
        {
            var error = RefusedToStart(wire, options => options with { ListenOn = [address] });
            Assert.Equal(ConnectionError.AddressInUse, error.Error);
            Assert.Contains("another program", error.Message);
            await server.DisposeAsync();
            server = Serve(wire, Echo, options => options with { ListenOn = [address] });
            using var client = new DatagramClient(wire);
            await client.SendAsync("back", address);
            Assert.Equal("back", await client.TextAsync());
        }

        await server.DisposeAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task A_port_that_another_socket_holds_is_in_use_even_where_that_one_would_share_it()
    {
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        holder.SetRawSocketOption(1, 15, [1, 0, 0, 0]); // SOL_SOCKET, SO_REUSEPORT
        holder.Bind(DatagramWire.NewAddress("udp4"));
        var error = RefusedToStart("udp4", options => options with { ListenOn = [holder.LocalEndPoint!] });
        Assert.Equal(ConnectionError.AddressInUse, error.Error);
        await using var server = Serve("udp4", Echo);
        using var second = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.Throws<SocketException>(() => second.Bind(server.Address));
    }

    [Fact(Timeout = Limit)]
    public async Task A_foreign_address_is_a_clear_error_and_the_other_addresses_are_let_go()
    {
        await using var first = Serve("udp4", Echo);
        var free = first.Address;
        await first.DisposeAsync();
        var documentation = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0); // RFC 5737
        var error = RefusedToStart("udp4", options => options with { ListenOn = [free, documentation] });
        Assert.Equal(ConnectionError.BadAddress, error.Error);
        await using var again = Serve("udp4", Echo, options => options with { ListenOn = [free] });
    }

    [Fact(Timeout = Limit)]
    public async Task A_stale_socket_file_is_replaced()
    {
        var address = DatagramWire.NewAddress("unix");
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)) dead.Bind(address);
        await using var server = Serve("unix", Echo, options => options with { ListenOn = [address] });
        using var client = new DatagramClient("unix");
        await client.SendAsync("x", address);
        Assert.Equal("x", await client.TextAsync());
        await server.DisposeAsync();
        Assert.False(File.Exists(address.ToString()));
    }

    private ConnectionException RefusedToStart(string wire, Func<DatagramServerOptions, DatagramServerOptions> change) =>
        Assert.Throws<ConnectionException>(() => Serve(wire, Echo, change));

    public sealed class Counting : DatagramHandler
    {
        private int _calls;

        public override ValueTask HandleAsync() => Answer(Context, $"{++_calls}");
    }
}
