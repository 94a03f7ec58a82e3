using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Plain), MemberType = typeof(Wire))]
    public async Task An_address_in_use_is_a_clear_error(string wire)
    {
        await using var first = Serve(wire, Handlers.EchoAsync);
        await using var second = NewServer(first.Address);
        var error = Assert.Throws<ConnectionException>(second.Start);
        Assert.Equal(ConnectionError.AddressInUse, error.Error);
        Assert.Contains($"Cannot listen on {first.Address}", error.Message);
        await using var client = await EchoesAsync(first);
    }

    [Fact(Timeout = Limit)]
    public async Task An_address_of_another_machine_is_a_clear_error()
    {
        await using var server = NewServer(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0)); // TEST-NET-1, RFC 5737
        var error = Assert.Throws<ConnectionException>(server.Start);
        Assert.Equal(ConnectionError.BadAddress, error.Error);
        Assert.Contains("not an address of this machine", error.Message);
    }

    [Fact(Timeout = Limit)]
    public async Task A_missing_folder_for_a_unix_socket_is_a_clear_error()
    {
        await using var server = NewServer(new UnixDomainSocketEndPoint("/nowhere/at-all.sock"));
        var error = Assert.Throws<ConnectionException>(server.Start);
        Assert.Equal(ConnectionError.BadAddress, error.Error);
        Assert.Contains("folder does not exist", error.Message);
    }

    [Fact(Timeout = Limit)]
    public async Task A_unix_socket_left_by_a_dead_server_is_replaced()
    {
        var address = (UnixDomainSocketEndPoint)Wire.NewAddress("unix");
        var path = address.ToString();
        using (var dead = Wire.NewSocket(address))
        {
            dead.Bind(address);
            dead.Listen();
            File.Move(path, path + ".kept"); // so that disposing cannot tidy up, as a killed process cannot
        }

        File.Move(path + ".kept", path);
        await using var server = Serve("unix", Handlers.EchoAsync, options => options with { ListenOn = [address] });
        await using var client = await EchoesAsync(server);
    }

    [Fact(Timeout = Limit)]
    public async Task A_file_where_a_unix_socket_should_be_is_left_alone()
    {
        var address = (UnixDomainSocketEndPoint)Wire.NewAddress("unix");
        await File.WriteAllTextAsync(address.ToString(), "", TestContext.Current.CancellationToken);
        await using var server = NewServer(address);
        Assert.Equal(ConnectionError.AddressInUse, Assert.Throws<ConnectionException>(server.Start).Error);
        Assert.True(File.Exists(address.ToString()));
        File.Delete(address.ToString());
    }

    [Fact(Timeout = Limit)]
    public async Task When_one_of_several_addresses_fails_none_stays_bound()
    {
        await using var taken = Serve("tcp4", Handlers.EchoAsync);
        var free = new UnixDomainSocketEndPoint(Wire.NewAddress("unix").ToString()!);
        await using var server = NewServer(free, taken.Address);
        Assert.Throws<ConnectionException>(server.Start);
        Assert.False(File.Exists(free.ToString()));
    }

    [Fact(Timeout = Limit)]
    public async Task A_client_that_speaks_no_TLS_is_a_TLS_error()
    {
        await using var server = Serve("tcp4+tls", Handlers.EchoAsync);
        await using var client = await TestClient.ConnectAsync(server.Address, "tcp4");
        await client.SendAsync("USER anonymous\r\nPASS guest\r\n");
        await client.IsCutAsync();
        await UntilAsync(() => !server.Errors.IsEmpty);
        Assert.Equal(ConnectionError.Tls, Assert.IsType<ConnectionException>(Assert.Single(server.Errors)).Error);
    }

    [Fact(Timeout = Limit)]
    public async Task A_client_that_never_finishes_its_handshake_meets_the_deadline()
    {
        await using var server = Serve("tcp4", static async (_, connection, _) =>
            await connection.AuthenticateAsServerAsync(Wire.ServerTls, In(0.2)), ("tls", true));
        await using var client = await server.ConnectAsync();
        await client.SendAsync("\x16\x03\x01");
        Assert.True(await client.IsCutAsync());
        await UntilAsync(() => !server.Errors.IsEmpty);
        Assert.IsType<TimeoutException>(Assert.Single(server.Errors));
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_TLS_stream_tells_whether_it_ended_on_purpose(bool inOrder)
    {
        await using var server = Serve("tcp4+tls", static async (_, connection, scene) =>
        {
            while (await connection.ReadAsync(new byte[10]) > 0)
            {
            }

            scene.Report(connection.Tls()!.EndedInOrder);
        });
        await using var client = await EchoOnceAsync(server);
        if (inOrder) await client.FinishSendingAsync();
        else client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(inOrder.ToString(), await server.Scene.NextAsync());
    }

    private StreamServer NewServer(params EndPoint[] addresses) => new(
        new StreamServerOptions { ListenOn = addresses, Model = ConcurrencyModels.Find(model)! },
        context => Handlers.EchoAsync(context, context.Connection));

    private static async Task<TestClient> EchoOnceAsync(TestServer server)
    {
        var client = await server.ConnectAsync();
        await client.SendAsync("x");
        return client;
    }
}
