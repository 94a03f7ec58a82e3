namespace Argosy.Sockets.Tests;

public abstract partial class DatagramContract
{
    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Main), MemberType = typeof(DatagramWire))]
    public Task A_slow_handler_never_blocks_the_receiving_loop_and_what_finds_no_room_is_dropped_and_counted(string wire) =>
        OverloadAsync(wire, static async (context, scene) =>
        {
            await Task.Run(() => scene.WaitFor("go"));
            context.Reply(context.Payload.Span);
        });

    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Main), MemberType = typeof(DatagramWire))]
    public Task A_handler_that_blocks_in_its_Offload_never_blocks_the_receiving_loop_either(string wire) =>
        OverloadAsync(wire, static async (context, scene) =>
        {
            await context.OffloadAsync(WaitForGo, scene);
            context.Reply(context.Payload.Span);
        });

    [Fact(Timeout = Limit)]
    public async Task A_handler_that_blocks_its_thread_does_not_either_where_the_thread_is_not_a_loops()
    {
        Assert.SkipWhen(RunsOnLoops, "not applicable: a handler on a loop keeps everybody, which is what OffloadAsync is for");
        await OverloadAsync("udp4", static (context, scene) =>
        {
            scene.WaitFor("go");
            return Echo(context, scene);
        });
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Main), MemberType = typeof(DatagramWire))]
    public async Task What_came_between_binding_and_starting_is_served(string wire)
    {
        const int count = 200; // more than a socket's fair share of one round
        await using var server = Prepare(wire, static (_, _) => default); // no answers, whose sending would make the socket stir
        server.Server.Bind();
        using var client = new DatagramClient(wire);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < count; i++) await client.SendAsync([(byte)i], server.Address);
        }, TestContext.Current.CancellationToken);
        if (wire != "unix") await sending; // a Unix socket's sender waits for room
        server.Started();
        await UntilAsync(() => server.Counters.Handled == count);
        await sending;
    }

    [Fact(Timeout = Limit)]
    public async Task Datagrams_are_served_side_by_side()
    {
        const int count = 4; // as many as the smallest pool of disk threads
        Assert.SkipWhen(model == "iterative", "not applicable: one datagram at a time");
        await using var server = Serve("udp4", static async (context, scene) =>
        {
            var payload = context.Payload;
            scene.Report($"{payload.Span[0]}");
            await context.OffloadAsync(WaitForGo, scene);
            context.Reply(payload.Span);
        }, static options => OneQueue(options, count));
        using var client = new DatagramClient("udp4");
        for (byte i = 0; i < count; i++) await client.SendAsync([i], server.Address);
        for (var i = 0; i < count; i++) await server.Scene.NextAsync(); // all are in hand
        server.Scene.Signal("go");
        var answers = new List<int>();
        while (answers.Count < count) answers.Add((await client.ReceiveAsync()).Bytes[0]);
        Assert.Equal(Enumerable.Range(0, count), answers.Order());
    }

    [Fact(Timeout = Limit)]
    public async Task A_flood_on_one_address_does_not_starve_another()
    {
        await using var server = Serve("udp4", Echo, static options => OneQueue(options, workers: 1, capacity: 64) with
        {
            ListenOn = [DatagramWire.NewAddress("udp4"), DatagramWire.NewAddress("udp4")],
        });
        using var stop = new CancellationTokenSource();
        var flood = Task.Run(() => Flood(server.Address, stop.Token), TestContext.Current.CancellationToken);
        using var client = new DatagramClient("udp4");
        for (var i = 0; i < 20; i++) await AskUntilAnsweredAsync(client, $"{i}", server.Server);
        await stop.CancelAsync();
        await flood;
    }

    private bool RunsOnLoops => Model.Inner is { } inner ? inner.Name.Contains("poll") : !Model.HandlersMayBlock && model != "async";

    private static int WaitForGo(Scene scene)
    {
        scene.WaitFor("go");
        return 0;
    }

    private static void Flood(System.Net.EndPoint to, CancellationToken stop)
    {
        using var socket = new System.Net.Sockets.Socket(to.AddressFamily, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
        var noise = Noise(100);
        while (!stop.IsCancellationRequested) socket.SendTo(noise, to);
    }

    /// <summary>The shared queue may be full of the flood whenever this one comes, so it asks again, as clients of datagrams do.</summary>
    private static async Task AskUntilAnsweredAsync(DatagramClient client, string question, DatagramServer server)
    {
        var answer = client.TextAsync();
        while (true)
        {
            await client.SendAsync(question, server.LocalEndPoints[1]);
            await Task.WhenAny(answer, Task.Delay(20, TestContext.Current.CancellationToken));
            if (!answer.IsCompleted) continue;
            if (await answer == question) return;
            answer = client.TextAsync(); // a late answer to the question before
        }
    }

    private async Task OverloadAsync(string wire, DatagramSceneHandler handler)
    {
        await using var server = Serve(wire, handler, static options => OneQueue(options, workers: 1, capacity: 4));
        using var client = new DatagramClient(wire);
        for (var i = 0; i < 50; i++)
        {
            await client.SendAsync([(byte)i], server.Address);
            await UntilAsync(() => server.Counters.Received == i + 1); // the loop goes on, whatever the worker does
        }

        await UntilAsync(() => server.Counters.Dropped >= 45);
        Assert.InRange(server.Counters.Dropped, 45, 46); // one with the worker, four waiting
        Assert.Equal(0, server.Counters.Handled);
        server.Scene.Signal("go");
        await UntilAsync(() => server.Counters.Handled + server.Counters.Dropped == 50);
        Assert.Equal(0, (await client.ReceiveAsync()).Bytes[0]);
        await client.SendAsync([99], server.Address);
        byte last;
        do last = (await client.ReceiveAsync()).Bytes[0];
        while (last != 99);
        Assert.Equal(0, server.Counters.LostInKernel);
    }
}
