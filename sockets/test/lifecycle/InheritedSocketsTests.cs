using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Argosy.Sockets.Tests;

public sealed class InheritedSocketsTests
{
    private const int Limit = 60_000;

    // Opens TCP, Unix and UDP sockets as descriptors 3, 4 and 5, sets the variables as sd_listen_fds(3) says, and becomes the server.
    private const string Wrapper = """
        import fcntl, os, socket, sys
        path, pid, names, program = sys.argv[-3], sys.argv[-2], sys.argv[-1], sys.argv[1:-3]
        tcp = socket.socket(); tcp.bind(("127.0.0.1", 0)); tcp.listen(50)
        unix = socket.socket(socket.AF_UNIX); unix.bind(path); unix.listen(50)
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); udp.bind(("127.0.0.1", 0))
        parked = [fcntl.fcntl(s, fcntl.F_DUPFD, 20) for s in (tcp, unix, udp)]
        for number, descriptor in enumerate(parked): os.dup2(descriptor, 3 + number)
        for descriptor in parked: os.close(descriptor)
        os.environ.update(LISTEN_FDS="3", LISTEN_PID=pid or str(os.getpid()), LISTEN_FDNAMES=names)
        os.execvp(program[0], program)
        """;

    [Fact(Timeout = Limit)]
    public async Task A_process_serves_the_sockets_that_it_was_started_with()
    {
        var path = Asking.NewPath("given");
        await using var server = ServerProcess.StartByPython(Wrapper, "--inherit", path, "", "web:control:clock");
        string[] given = [await server.LineAsync("given") ?? "", await server.LineAsync("given") ?? "", await server.LineAsync("given") ?? ""];
        Assert.StartsWith("web Stream 127.0.0.1:", given[0]);
        Assert.Equal($"control Stream {path}", given[1]);
        Assert.StartsWith("clock Dgram 127.0.0.1:", given[2]);
        var ready = await server.ReadyAsync();
        Assert.Equal($"{server.Id}", await Asking.AskAsync(ready[0], "p"));
        Assert.Equal($"{server.Id}", await Asking.AskAsync(ready[1], "p"));
        using var client = new DatagramClient("udp4");
        await client.SendAsync([1], ready[2]);
        Assert.Equal($"{server.Id}", Encoding.ASCII.GetString((await client.ReceiveAsync()).Bytes));

        Assert.Equal("[] 0", await Asking.AskAsync(ready[0], "c")); // its children know and hold nothing of them

        server.AskToStop();
        Assert.Equal("Drained", await server.LineAsync("end"));
        Assert.True(File.Exists(path)); // whoever made it removes it
        File.Delete(path);
    }

    [Fact(Timeout = Limit)]
    public async Task Sockets_meant_for_another_process_are_left_alone()
    {
        var path = Asking.NewPath("other");
        await using var server = ServerProcess.StartByPython(Wrapper, "--inherit", "--listen", "127.0.0.1:0", path, "1", "a:b:c");
        var ready = Assert.Single(await server.ReadyAsync());
        Assert.StartsWith("[]", await Asking.AskAsync(ready, "c"));
        File.Delete(path);
    }

    [Fact(Timeout = Limit)]
    public async Task Names_that_do_not_fit_are_a_clear_error()
    {
        var path = Asking.NewPath("names");
        await using var server = ServerProcess.StartByPython(Wrapper, "--inherit", path, "", "a:b");
        Assert.Equal("Inherited sockets: LISTEN_FDS is 3, but LISTEN_FDNAMES has 2 names ('a:b').", await server.LineAsync("error"));
        Assert.Equal(1, await server.ExitCodeAsync());
        File.Delete(path);
    }

    [Fact(Timeout = Limit)]
    public async Task Systemds_own_tool_can_start_it()
    {
        const string tool = "/usr/bin/systemd-socket-activate";
        Assert.SkipUnless(File.Exists(tool), "not applicable: systemd-socket-activate is not installed");
        var path = Asking.NewPath("systemd");
        await using var server = ServerProcess.StartBy(tool, ["--listen", path, "--fdname", "front"], "--inherit");
        await ConcurrencyModelContract.UntilAsync(() => File.Exists(path));
        var address = new UnixDomainSocketEndPoint(path);
        var asked = AskOnceItListensAsync(address); // the tool starts the program with the first client
        Assert.Equal($"front Stream {path}", await server.LineAsync("given"));
        Assert.Equal($"{server.Id}", await asked); // it became the program, and the client that came first is served
        File.Delete(path);
    }

    [Fact]
    public void A_stream_socket_that_does_not_listen_is_a_clear_error()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var connected = Wire.NewSocket(listener.LocalEndpoint);
        connected.Connect(listener.LocalEndpoint);
        Assert.Contains("does not listen. In a systemd socket unit, set Accept=no", ErrorOf((int)connected.Handle));
    }

    [Fact]
    public void A_descriptor_that_is_no_socket_or_not_open_is_a_clear_error_and_stays_open()
    {
        using var file = File.OpenHandle("/dev/null");
        Assert.Contains("('unknown') is no socket.", ErrorOf((int)file.DangerousGetHandle()));
        Assert.Equal(0, RandomAccess.Read(file, new byte[1], 0)); // it may have been anybody's
        Assert.Contains("is not open.", ErrorOf(1_000_000));
    }

    [Fact]
    public void A_number_that_is_none_is_a_clear_error()
    {
        foreach (var bad in (string[])["-1", "three", "", "99999"])
            Assert.Contains($"LISTEN_FDS is '{bad}'", Assert.Throws<ConnectionException>(() => Take(bad, 3)).Message);
    }

    [Fact]
    public void Without_variables_there_are_none()
    {
        Assert.Empty(InheritedSockets.Take(_ => null, 3).All);
        Assert.Empty(InheritedSockets.Take().All);
    }

    [Fact]
    public void An_inherited_socket_serves_one_server_of_its_type()
    {
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var sockets = Take("1", NativeSocket.Duplicate(bound.SafeHandle));
        var socket = Assert.Single(sockets.Datagrams);
        Assert.Empty(sockets.Streams);
        Assert.Contains("is of type Dgram", Assert.Throws<ArgumentException>(() => socket.TakeFor(SocketType.Stream)).Message);
        socket.TakeFor(SocketType.Dgram).Dispose();
        Assert.Throws<InvalidOperationException>(() => socket.TakeFor(SocketType.Dgram));
    }

    private static string ErrorOf(int descriptor) => Assert.Throws<ConnectionException>(() => Take("1", descriptor)).Message;

    private static InheritedSockets Take(string count, int first) => InheritedSockets.Take(
        name => name switch
        {
            "LISTEN_PID" => Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            "LISTEN_FDS" => count,
            _ => null,
        },
        first);

    private static async Task<string> AskOnceItListensAsync(EndPoint address)
    {
        while (true)
        {
            try
            {
                return await Asking.AskAsync(address, "p");
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                await Task.Delay(5, TestContext.Current.CancellationToken); // bound, but it does not listen yet
            }
        }
    }
}
