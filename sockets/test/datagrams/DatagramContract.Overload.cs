namespace Argosy.Sockets.Tests;

public abstract partial class DatagramContract
{
    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Main), MemberType = typeof(DatagramWire))]
    public async Task A_slow_handler_never_blocks_the_receiving_loop_and_what_finds_no_room_is_dropped_and_counted(string wire)
    {
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = Serve(wire, async context =>
        {
            await hold.Task;
            context.Reply(context.Payload.Span);
        }, options => options with { Workers = 1, QueueCapacity = 4 });
        await OverloadAsync(wire, server, hold.SetResult);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Main), MemberType = typeof(DatagramWire))]
    public async Task A_handler_that_blocks_in_its_Offload_never_blocks_the_receiving_loop_either(string wire)
    {
        using var hold = new ManualResetEventSlim();
        await using var server = Serve(wire, async context =>
        {
            await context.OffloadAsync(static hold => hold.Wait(Patience), hold);
            context.Reply(context.Payload.Span);
        }, options => options with { Workers = 1, QueueCapacity = 4 });
        await OverloadAsync(wire, server, hold.Set);
    }

    [Fact(Timeout = Limit)]
    public async Task A_handler_that_blocks_its_thread_does_not_either_where_the_thread_is_not_a_loops()
    {
        var isLoop = !ConcurrencyModels.Find(model)!.HandlersMayBlock && HasOwnThreads;
        Assert.SkipWhen(isLoop, "not applicable: a handler on a loop keeps everybody, which is what OffloadAsync is for");
        using var hold = new ManualResetEventSlim();
        await using var server = Serve("udp4", context =>
        {
            hold.Wait(Patience);
            return Echo(context);
        }, options => options with { Workers = 1, QueueCapacity = 4 });
        await OverloadAsync("udp4", server, hold.Set);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Main), MemberType = typeof(DatagramWire))]
    public async Task What_came_between_binding_and_starting_is_served(string wire)
    {
        const int count = 200; // more than a socket's fair share of one round
        await using var server = new DatagramServer(Options(wire), _ => default); // no answers, whose sending would make the socket stir
        server.Bind();
        using var client = new DatagramClient(wire);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < count; i++) await client.SendAsync([(byte)i], server.LocalEndPoints[0]);
        }, TestContext.Current.CancellationToken);
        if (wire != "unix") await sending; // a Unix socket's sender waits for room
        server.Start();
        await UntilAsync(() => server.Counters.Handled == count);
        await sending;
    }

    [Fact(Timeout = Limit)]
    public async Task Datagrams_are_served_side_by_side()
    {
        Assert.SkipWhen(ServesOneAtATime, "not applicable: one datagram at a time");
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = Serve("udp4", async context =>
        {
            if (context.Payload.Span[0] == 8) all.SetResult();
            await all.Task;
            context.Reply(context.Payload.Span);
        }, options => options with { Workers = 8 });
        using var client = new DatagramClient("udp4");
        for (byte i = 1; i <= 8; i++) await client.SendAsync([i], server.LocalEndPoints[0]);
        var answers = new List<byte>();
        while (answers.Count < 8) answers.Add((await client.ReceiveAsync()).Bytes[0]);
        Assert.Equal((byte[])[1, 2, 3, 4, 5, 6, 7, 8], answers.Order());
    }

    [Fact(Timeout = Limit)]
    public async Task A_flood_on_one_address_does_not_starve_another()
    {
        await using var server = Serve("udp4", Echo, options => options with
        {
            ListenOn = [DatagramWire.NewAddress("udp4"), DatagramWire.NewAddress("udp4")],
            Workers = 1,
            QueueCapacity = 64,
        });
        using var stop = new CancellationTokenSource();
        var flood = Task.Run(() => Flood(server.LocalEndPoints[0], stop.Token), TestContext.Current.CancellationToken);
        using var client = new DatagramClient("udp4");
        for (var i = 0; i < 20; i++) await AskUntilAnsweredAsync(client, $"{i}", server);
        await stop.CancelAsync();
        await flood;
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

    private static async Task OverloadAsync(string wire, DatagramServer server, Action release)
    {
        using var client = new DatagramClient(wire);
        for (var i = 0; i < 50; i++)
        {
            await client.SendAsync([(byte)i], server.LocalEndPoints[0]);
            await UntilAsync(() => server.Counters.Received == i + 1); // the loop goes on, whatever the worker does
        }

        await UntilAsync(() => server.Counters.Dropped >= 45);
        Assert.InRange(server.Counters.Dropped, 45, 46); // one with the worker, four waiting
        Assert.Equal(0, server.Counters.Handled);
        release();
        await UntilAsync(() => server.Counters.Handled + server.Counters.Dropped == 50);
        Assert.Equal(0, (await client.ReceiveAsync()).Bytes[0]);
        await client.SendAsync([99], server.LocalEndPoints[0]);
        byte last;
        do last = (await client.ReceiveAsync()).Bytes[0];
        while (last != 99);
        Assert.Equal(0, server.Counters.LostInKernel);
    }
}
