using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

/// <summary>Upgrades between real processes.</summary>
public sealed class HandOverTests
{
    private const int Limit = 120_000;
    private const int Clients = 4;

    [Theory(Timeout = Limit)]
    [InlineData("async", "tcp4")]
    [InlineData("epoll", "unix")]
    public async Task A_client_that_connects_throughout_an_upgrade_is_never_refused(string model, string wire)
    {
        var (door, listen) = (Asking.NewPath("door"), NewListen(wire));
        await using var old = ServerProcess.Start("--model", model, "--listen", listen, "--upgrade", door);
        var address = (await old.ReadyAsync())[0];
        await using var held = await Asking.HoldAsync(address, old.Id);
        await using var crowd = new Crowd(address);
        await crowd.ReachAsync(1_000);

        await using var successor = ServerProcess.Start("--model", model, "--listen", listen, "--upgrade", door);
        Assert.Equal(address.ToString(), Assert.Single(await successor.ReadyAsync()).ToString()); // not bound a second time
        await crowd.ReachAsync(crowd.Count + 1_000);
        await held.SendAsync("x");
        Assert.Equal($"{old.Id}", await held.ReceiveTextToEndAsync()); // who was connected has finished where it began
        Assert.Equal("HandedOver", await old.LineAsync("end"));
        Assert.Equal(0, await old.ExitCodeAsync());
        await crowd.ReachAsync(crowd.Count + 1_000);
        Assert.Equal(["", $"{old.Id}", $"{successor.Id}"], (await crowd.EndAsync()).Prepend("").Order());

        successor.AskToStop();
        Assert.Equal("Drained", await successor.LineAsync("end"));
        Assert.False(File.Exists(door));
        if (wire == "unix") Assert.False(File.Exists(listen));
    }

    [Theory(Timeout = Limit)]
    [InlineData("threads", "tcp4")]
    [InlineData("async", "unix")]
    public async Task Once_handed_over_the_old_process_may_be_killed(string model, string wire)
    {
        var (door, listen) = (Asking.NewPath("door"), NewListen(wire));
        await using var old = ServerProcess.Start("--model", model, "--listen", listen, "--upgrade", door, "--drain", "600");
        var address = (await old.ReadyAsync())[0];
        await using var held = await Asking.HoldAsync(address, old.Id); // keeps it draining
        await using var successor = ServerProcess.Start("--model", model, "--listen", listen, "--upgrade", door);
        await successor.ReadyAsync();
        await using var crowd = new Crowd(address);
        await crowd.ReachAsync(500);
        old.KillAtOnce();
        await old.ExitCodeAsync();
        await crowd.ReachAsync(crowd.Count + 1_000);
        Assert.Contains($"{successor.Id}", await crowd.EndAsync());
        await using var third = ServerProcess.Start("--model", model, "--listen", listen, "--upgrade", door); // and so on
        await third.ReadyAsync();
        Assert.Equal("HandedOver", await successor.LineAsync("end"));
        Assert.Equal($"{third.Id}", await Asking.AskAsync(address, "p"));
        third.AskToStop();
        Assert.Equal("Drained", await third.LineAsync("end"));
    }

    [Theory(Timeout = Limit)]
    [InlineData("prefork:threads")]
    [InlineData("prefork:async")]
    public async Task An_upgrade_with_worker_processes_refuses_nobody_either(string model)
    {
        var door = Asking.NewPath("door");
        await using var old = ServerProcess.Start("--model", model, "--listen", "127.0.0.1:0", "--upgrade", door);
        var address = (await old.ReadyAsync())[0];
        await using var crowd = new Crowd(address);
        await crowd.ReachAsync(10);
        await using var successor = ServerProcess.Start("--model", model, "--listen", "127.0.0.1:0", "--upgrade", door);
        Assert.Equal(address.ToString(), Assert.Single(await successor.ReadyAsync()).ToString());
        Assert.Equal("HandedOver", await old.LineAsync("end"));
        await crowd.ReachAsync(crowd.Count + 10);
        await crowd.EndAsync();
        successor.AskToStop();
        Assert.Equal("Drained", await successor.LineAsync("end"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_successor_that_fails_leaves_the_old_process_serving()
    {
        var door = Asking.NewPath("door");
        await using var old = ServerProcess.Start("--listen", "127.0.0.1:0", "--upgrade", door);
        var address = (await old.ReadyAsync())[0];
        await using var crowd = new Crowd(address);
        await crowd.ReachAsync(200);
        await using (var failing = ServerProcess.Start("--fail", "--listen", "127.0.0.1:0", "--upgrade", door))
        {
            Assert.Equal("told to fail", await failing.LineAsync("error"));
            await failing.ExitCodeAsync();
        }

        await using (var hanging = ServerProcess.Start("--hang", "--listen", "127.0.0.1:0", "--upgrade", door))
        {
            await ConcurrencyModelContract.UntilAsync(() => HoldsSocketsOf(hanging.Id, address));
            hanging.KillAtOnce();
            await hanging.ExitCodeAsync();
        }

        await crowd.ReachAsync(crowd.Count + 200);
        Assert.Equal([$"{old.Id}"], await crowd.EndAsync());
        await using var good = ServerProcess.Start("--listen", "127.0.0.1:0", "--upgrade", door);
        await good.ReadyAsync();
        Assert.Equal("HandedOver", await old.LineAsync("end"));
        Assert.Equal($"{good.Id}", await Asking.AskAsync(address, "p"));
    }

    [Fact]
    public void Where_nobody_offers_there_is_no_predecessor()
    {
        var path = Asking.NewPath("door");
        Assert.Null(ListenerHandOver.TryTake(path, TimeSpan.FromSeconds(5)));
        LeaveStale(path);
        Assert.Null(ListenerHandOver.TryTake(path, TimeSpan.FromSeconds(5)));
        File.Delete(path);
    }

    [Fact(Timeout = Limit)]
    public async Task An_offer_is_for_its_user_only_and_replaces_what_a_killed_process_left()
    {
        var path = Asking.NewPath("door");
        LeaveStale(path);
        await using (ListenerOffer.Open(path, new Dictionary<string, ISocketServer>()))
        {
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            Assert.Equal(ConnectionError.AddressInUse, Assert.Throws<ConnectionException>(() => ListenerOffer.Open(path, new Dictionary<string, ISocketServer>())).Error);
        }

        Assert.False(File.Exists(path));
    }

    [Fact(Timeout = Limit)]
    public async Task A_stranger_is_refused_even_where_the_file_would_let_them_in()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "not applicable: only root can become somebody else");
        var path = Asking.NewPath("door");
        var log = new ListLogger();
        await using var server = new StreamServer(new StreamServerOptions { ListenOn = [Wire.NewAddress("tcp4")] }, _ => default);
        server.Start();
        await using var offer = ListenerOffer.Open(path, new Dictionary<string, ISocketServer> { ["x"] = server }, log);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        const string script = """
            import os, socket, sys
            os.setgid(65534); os.setuid(65534)
            door = socket.socket(socket.AF_UNIX); door.connect(sys.argv[1])
            data, descriptors, _, _ = socket.recv_fds(door, 65536, 10)
            print(data.decode().strip(), len(descriptors))
            """;
        using var stranger = Process.Start(new ProcessStartInfo("python3", ["-c", script, path]) { RedirectStandardOutput = true })!;
        var said = (await stranger.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim();
        Assert.Equal("refused user 65534 is neither root nor the user of the running process 0", said);
        Assert.Contains(log.Lines, line => line.Contains("of user 65534") && line.Contains("refused"));
        Assert.False(offer.Taken.IsCompleted);
    }

    [Fact(Timeout = Limit)]
    public async Task Sockets_offered_by_a_stranger_are_not_taken_unless_that_user_is_named()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "not applicable: only root can become somebody else");
        var path = Asking.NewPath("door");
        const string script = """
            import os, socket, sys
            os.setgid(65534); os.setuid(65534)
            door = socket.socket(socket.AF_UNIX); door.bind(sys.argv[1]); door.listen()
            mine = socket.socket(); mine.bind(("127.0.0.1", 0)); mine.listen()
            print("ready", flush=True)
            while True:
                visitor, _ = door.accept()
                try:
                    socket.send_fds(visitor, [b"argosy-listeners 1\nmine keep\n\n"], [mine.fileno()])
                except BrokenPipeError:
                    pass  # a visitor that takes nothing from a stranger has left already
            """;
        using var stranger = Process.Start(new ProcessStartInfo("python3", ["-c", script, path]) { RedirectStandardOutput = true })!;
        try
        {
            await stranger.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            var error = Assert.Throws<ConnectionException>(() => ListenerHandOver.TryTake(path, TimeSpan.FromSeconds(20)));
            Assert.Equal(ConnectionError.NotPermitted, error.Error);
            Assert.Contains("offered by user 65534", error.Message);
            using var taken = ListenerHandOver.TryTake(path, TimeSpan.FromSeconds(20), fromUser: 65534);
            Assert.Equal("mine", Assert.Single(taken!.Sockets.All).Name);
        }
        finally
        {
            stranger.Kill();
            File.Delete(path);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_server_that_speaks_otherwise_or_not_at_all_is_a_clear_error()
    {
        var path = Asking.NewPath("door");
        using var door = Wire.NewSocket(new UnixDomainSocketEndPoint(path));
        door.Bind(new UnixDomainSocketEndPoint(path));
        door.Listen();
        Assert.Contains("does not answer in time", Assert.Throws<ConnectionException>(() => ListenerHandOver.TryTake(path, TimeSpan.FromMilliseconds(50))).Message);
        (await door.AcceptAsync(TestContext.Current.CancellationToken)).Dispose();
        foreach (var (said, expected) in (ValueTuple<string, string>[])
            [("HTTP/1.1 400 Bad Request\n\n", "speaks another version"), ("argosy-listeners 1\nx keep\n\n", "1 sockets were announced and 0 came"), ("", "ended or is stopping")])
        {
            var taking = Task.Run(() => ListenerHandOver.TryTake(path, TimeSpan.FromSeconds(20)));
            using (var visitor = await door.AcceptAsync(TestContext.Current.CancellationToken))
                await visitor.SendAsync(System.Text.Encoding.ASCII.GetBytes(said));
            Assert.Contains(expected, (await Assert.ThrowsAsync<ConnectionException>(() => taking)).Message);
        }
    }

    private static string NewListen(string wire) => wire == "unix" ? Asking.NewPath("listen") : "127.0.0.1:0";

    private static void LeaveStale(string path)
    {
        using var dead = NativeUnixSocket.TryBind(new UnixDomainSocketEndPoint(path), SocketType.Stream, 1, out _);
        Assert.NotNull(dead);
    }

    private static bool HoldsSocketsOf(int process, EndPoint address)
    {
        // /proc/PID/net/tcp is the whole machine's; what the process itself holds are links such as socket:[12345].
        var port = ((IPEndPoint)address).Port.ToString("X4");
        var inode = File.ReadLines("/proc/net/tcp").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words[1].EndsWith($":{port}") && words[3] == "0A").Select(words => words[9]).Single();
        try
        {
            return Directory.GetFiles($"/proc/{process}/fd").Any(link => new FileInfo(link).LinkTarget == $"socket:[{inode}]");
        }
        catch (IOException)
        {
            return false; // a descriptor that was closed meanwhile
        }
    }

    /// <summary>Several clients that connect again and again, and never accept a refusal or a cut.</summary>
    private sealed class Crowd : IAsyncDisposable
    {
        private readonly CancellationTokenSource _enough = new();
        private readonly ConcurrentDictionary<string, int> _answers = new();
        private readonly Task _clients;
        private int _count;

        public Crowd(EndPoint address) => _clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(() => AskOnAndOnAsync(address))));

        public int Count => Volatile.Read(ref _count);

        public async Task ReachAsync(int count)
        {
            while (Count < count)
            {
                if (_clients.IsCompleted) await _clients; // it failed
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }
        }

        /// <summary>Stops them, and returns the numbers of the processes that served them.</summary>
        public async Task<IEnumerable<string>> EndAsync()
        {
            await _enough.CancelAsync();
            await _clients;
            return _answers.Keys;
        }

        public async ValueTask DisposeAsync()
        {
            await _enough.CancelAsync();
            await _clients.ContinueWith(static _ => { }, TaskScheduler.Default);
        }

        private async Task AskOnAndOnAsync(EndPoint address)
        {
            while (!_enough.IsCancellationRequested)
            {
                _answers.AddOrUpdate(await Asking.AskAsync(address, "p"), 1, static (_, count) => count + 1);
                Interlocked.Increment(ref _count);
            }
        }
    }
}
