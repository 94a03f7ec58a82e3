using System.Net;
using System.Text;

namespace Argosy.Sockets.Tests;

/// <summary>The life of datagram servers.</summary>
public sealed class DatagramLifecycleTests
{
    private const int Limit = 30_000;

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var model in ConcurrencyModels.All.Where(model => model is { ServesDatagrams: true, RunsInWorkers: false })) // handlers that capture
                foreach (var wire in (string[])["udp4", "unix"]) cases.Add(model.Name, wire);
            return cases;
        }
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Cases))]
    public async Task A_hand_over_loses_no_datagram(string model, string wire)
    {
        var door = Asking.NewPath("door");
        await using var old = NewServer(model, "old", [DatagramWire.NewAddress(wire)]);
        old.Start();
        await using var offer = ListenerOffer.Open(door, new Dictionary<string, ISocketServer> { ["clock"] = old });
        using var client = new DatagramClient(wire);
        Assert.Equal("old", await AskAsync(client, old.LocalEndPoints[0]));

        using var taken = ListenerHandOver.TryTake(door, TimeSpan.FromSeconds(20))!;
        await using var successor = NewServer(model, "new", [old.LocalEndPoints[0]], taken.Sockets.Datagrams);
        successor.Start();
        Assert.True(await taken.ConfirmAsync());
        var stopping = old.StopAsync(TimeSpan.FromSeconds(20));
        for (var i = 0; i < 200; i++) Assert.Contains(await AskAsync(client, successor.LocalEndPoints[0]), (string[])["old", "new"]);
        await stopping;
        Assert.Equal("new", await AskAsync(client, successor.LocalEndPoints[0]));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Cases))]
    public async Task A_second_stop_shortens_the_drain(string model, string wire)
    {
        var (begun, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = new DatagramServer(
            new DatagramServerOptions { ListenOn = [DatagramWire.NewAddress(wire)], Model = ConcurrencyModels.Find(model)! },
            async _ =>
            {
                begun.SetResult();
                await release.Task;
            });
        server.Start();
        using var client = new DatagramClient(wire);
        await client.SendAsync([1], server.LocalEndPoints[0]);
        await begun.Task;
        var stop = server.StopAsync(TimeSpan.FromHours(1));
        await server.StopAsync(TimeSpan.Zero);
        await stop;
        release.SetResult();
    }

    private static DatagramServer NewServer(string model, string name, IReadOnlyList<EndPoint> addresses, IReadOnlyList<InheritedSocket>? inherited = null) => new(
        new DatagramServerOptions { ListenOn = addresses, Inherited = inherited ?? [], Model = ConcurrencyModels.Find(model)! },
        context =>
        {
            context.Reply(Encoding.ASCII.GetBytes(name));
            return default;
        });

    private static async Task<string> AskAsync(DatagramClient client, EndPoint address)
    {
        await client.SendAsync([1], address);
        return Encoding.ASCII.GetString((await client.ReceiveAsync()).Bytes);
    }
}
