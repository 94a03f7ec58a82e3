using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Argosy.Sockets.Tests;

/// <summary>What a broken process at the other end of a worker's channel can do: nothing but end itself. All seeds are fixed.</summary>
public sealed class WorkerMessagesTests : IDisposable
{
    private const int Limit = 60_000;

    private readonly DirectoryInfo _turns = Directory.CreateTempSubdirectory("argosy-");

    private static int Rounds => Wire.ChecksAll ? 200_000 : 5_000;

    private static readonly IPEndPoint Address = new(IPAddress.Parse("192.0.2.1"), 1234);

    public void Dispose() => _turns.Delete(recursive: true);

    [Fact]
    public void A_garbled_failure_is_read_or_is_no_data() =>
        Garble(new HandlerFailure(HandlerFailureKind.Connection, ConnectionError.Reset, "T", "message", "details", null, Address).Write(), bytes => HandlerFailure.Read(bytes));

    [Fact]
    public void A_garbled_task_is_read_or_is_no_data() =>
        Garble(NewTask(WorkerDuty.Accept).Write(), bytes => WorkerTask.Read(bytes));

    [Fact]
    public void A_garbled_hand_over_is_read_or_is_no_data() =>
        Garble(new HandOver(AddressFamily.InterNetworkV6, new IPEndPoint(IPAddress.IPv6Loopback, 7), true).Write(), bytes => HandOver.Read(bytes));

    [Fact]
    public void A_garbled_datagram_is_read_or_is_no_data()
    {
        var socket = DatagramSocket.Open(new IPEndPoint(IPAddress.Loopback, 0), dualStack: false, kernelBuffer: null);
        byte[] datagram = [.. MemoryMarshal.AsBytes([0, 3, 3, 16, 0]), .. new byte[3 + 16]];
        var random = new Random(4);
        var handed = new HandedDatagram(longest: 1000);
        Garble(datagram, bytes =>
        {
            var kind = random.Next(4) == 0 ? WorkerMessageKind.DatagramMore : WorkerMessageKind.Datagram;
            if (handed.TryComplete(new WorkerMessage(kind, bytes, []), [socket], out var complete)) complete.Release();
        });
        socket.Close();
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var task = NewTask(WorkerDuty.Datagrams);
        Assert.Equal(task.Write(), WorkerTask.Read(task.Write()).Write());
        var failure = HandlerFailure.Of(new InvalidDataException("no"), null, Address);
        Assert.Equal(failure, HandlerFailure.Read(failure.Write()));
        var handOver = new HandOver(AddressFamily.InterNetwork, Address, false);
        Assert.Equal(handOver, HandOver.Read(handOver.Write()));
    }

    [Theory(Timeout = Limit)]
    [InlineData("process")]
    [InlineData("prefork")]
    public async Task A_worker_that_talks_nonsense_is_ended_and_the_server_goes_on(string model)
    {
        var scene = new LocalScene(new Dictionary<string, string>());
        await using var server = new StreamServer(
            new StreamServerOptions { ListenOn = [Wire.NewAddress("tcp4")], Model = ConcurrencyModels.Find(model)!, Worker = Babbler, Workers = 1, SpareWorkers = 1 },
            _ => default, new SceneLogger(scene));
        server.Start();
        await ConcurrencyModelContract.UntilAsync(() => scene.LogLines.Count(IsAboutNonsense) >= 3);
        await server.StopAsync(TimeSpan.Zero).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Theory(Timeout = Limit)]
    [InlineData("process")]
    [InlineData("prefork")]
    public async Task A_datagram_worker_that_talks_nonsense_is_ended_and_the_server_goes_on(string model)
    {
        var scene = new LocalScene(new Dictionary<string, string>());
        await using var server = new DatagramServer(
            new DatagramServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = ConcurrencyModels.Find(model)!, Worker = Babbler, Workers = 1, Processes = 1 },
            _ => default, new SceneLogger(scene));
        server.Start();
        await ConcurrencyModelContract.UntilAsync(() => scene.LogLines.Count(IsAboutNonsense) >= 3);
        await server.StopAsync(TimeSpan.Zero).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = Limit)]
    public async Task A_worker_that_dies_once_it_is_ready_holds_up_no_start_and_is_replaced()
    {
        // The first is ready and ends, the second is ready when that one is no more, and those that follow stay.
        const string Program = """
            import os, socket, sys, time
            channel = socket.socket(fileno=int(os.environ["ARGOSY_WORKER_CHANNEL"]))
            channel.recv(65536)
            first = os.path.join(sys.argv[1], "first")
            try:
                with open(first, "x") as file:
                    file.write(str(os.getpid()) + "\n")
                channel.send(bytes([64]))
                sys.exit(3)
            except FileExistsError:
                pass
            while True:
                with open(first) as file:
                    number = file.read()
                if number.endswith("\n") and not os.path.exists("/proc/" + number.strip()):
                    break
                time.sleep(0.001)
            channel.send(bytes([64]))
            channel.recv(1)
            """;
        var scene = new LocalScene(new Dictionary<string, string>());
        var worker = new WorkerCommand { Program = "python3", Arguments = ["-c", Program, _turns.FullName] };
        await using var server = new StreamServer(
            new StreamServerOptions { ListenOn = [Wire.NewAddress("tcp4")], Model = ConcurrencyModels.Find("prefork")!, Worker = worker, Workers = 2 },
            _ => default, new SceneLogger(scene));
        await Task.Run(server.Start, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await ConcurrencyModelContract.UntilAsync(() => scene.LogLines.Any(line => line.Contains("exited with code 3", StringComparison.Ordinal)));
        await server.StopAsync(TimeSpan.Zero).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Theory(Timeout = Limit)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_parent_that_talks_nonsense_is_left(byte message)
    {
        var kind = (WorkerMessageKind)message;
        var scene = new LocalScene(new Dictionary<string, string>());
        using var listener = new SceneListener(scene);
        var script = new SceneScript("tcp4", HandlerReference.Of(new SceneHandler(ServeNobody)), false, null, listener.Path, scene.Arguments).Write();
        var (process, channel) = WorkerStart.Start(TestHost.Command);
        using (process)
        using (channel)
        {
            if (kind != WorkerMessageKind.Task)
            {
                Assert.Equal(0, channel.Send(WorkerMessageKind.Task, (NewTask(WorkerDuty.OneConnection) with { ConfigurationLength = script.Length }).Write()));
                Assert.Equal(0, channel.Send(WorkerMessageKind.Configuration, script));
                Assert.Equal(WorkerMessageKind.Ready, channel.Receive().Kind);
            }

            using var passed = File.OpenHandle("/dev/null");
            Assert.Equal(0, channel.Send(kind, [1, 2, 3], passed));
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.InRange(process.ExitCode, 0, 1); // 134 would be an exception that nobody caught
        }
    }

    private static ValueTask ServeNobody(HandlerContext context, IConnection connection, Scene scene) => default;

    private static bool IsAboutNonsense(string line) => line.Contains("does not understand", StringComparison.Ordinal);

    private static WorkerTask NewTask(WorkerDuty duty) =>
        new() { Duty = duty, Server = "server 1", Model = "process", Slot = 1, Rows = 2, LocalEndPoints = [Address, new UnixDomainSocketEndPoint("/tmp/x")] };

    /// <summary>A worker that is ready and then sends one message that no worker sends: another kind each time one of its family is started.</summary>
    private WorkerCommand Babbler => new()
    {
        Program = "python3",
        Arguments =
        [
            "-c",
            """
            import os, random, socket, sys
            channel = socket.socket(fileno=int(os.environ["ARGOSY_WORKER_CHANNEL"]))
            channel.recv(65536)
            folder = sys.argv[1]
            turn = len(os.listdir(folder))
            open(os.path.join(folder, str(turn)), "w").close()
            channel.send(bytes([64]))
            noise = random.Random(turn).randbytes(60)
            channel.send([bytes([67]) + noise, bytes([3]) + noise, bytes([64]), bytes([200]), bytes([67]) + bytes(40000)][turn % 5])
            channel.recv(1)
            """,
            _turns.FullName,
        ],
    };

    private static void Garble(byte[] valid, Action<byte[]> read)
    {
        var random = new Random(valid.Length);
        var refused = 0;
        for (var i = 0; i < Rounds; i++)
        {
            try
            {
                read(Garbled(valid, random));
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, Rounds);
    }

    private static byte[] Garbled(byte[] valid, Random random)
    {
        var bytes = (byte[])valid.Clone();
        for (var changes = random.Next(1, 4); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return random.Next(4) switch
        {
            0 => bytes[..random.Next(bytes.Length)],
            1 => [.. bytes, .. new byte[random.Next(50)]],
            _ => bytes,
        };
    }
}
