using System.Diagnostics;

namespace Argosy.Sockets.Tests;

/// <summary>A handler with text and streams, under every model.</summary>
public sealed class StreamHandlerTests
{
    private const int Limit = 30_000;

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task Lines_come_and_go_without_a_foreign_thread(string model)
    {
        await using var server = Start(model, () => new Shouter());
        await using var client = await TestClient.ConnectAsync(server.LocalEndPoints[0], "tcp4");
        await client.SendAsync("ah");
        await client.SendAsync("oy\ndr\u00f6hnen\r\nlast");
        Assert.Equal("AHOY\nDR\u00d6HNEN\n", await client.ReceiveTextAsync(14)); // it waits for more, and has sent what it wrote
        await client.FinishSendingAsync();
        Assert.Equal("LAST\nstayed\n", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task What_was_gathered_is_sent_at_the_end(string model)
    {
        await using var server = Start(model, () => new Gatherer());
        await using var client = await TestClient.ConnectAsync(server.LocalEndPoints[0], "tcp4");
        Assert.Equal("one\ntwo\n", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_silent_peer_ends_an_operation_at_its_limit_and_each_has_its_own(string model)
    {
        await using var server = Start(model, () => new Impatient());
        await using var client = await TestClient.ConnectAsync(server.LocalEndPoints[0], "tcp4");
        var watch = Stopwatch.StartNew();
        Assert.Equal("too late 3 times\n", await client.ReceiveTextToEndAsync());
        Assert.InRange(watch.ElapsedMilliseconds, 280, Limit); // three limits, one after the other
    }

    private static StreamServer Start(string model, Func<ConnectionHandler> handlers)
    {
        var server = new StreamServer(
            new StreamServerOptions { ListenOn = [Wire.NewAddress("tcp4")], Model = ConcurrencyModels.Find(model)! }, handlers);
        server.Start();
        return server;
    }

    private sealed class Shouter : StreamHandler
    {
        public override async ValueTask HandleAsync()
        {
            var model = ModelThread();
            while (await Input.ReadLineAsync() is { } line) await Output.WriteLineAsync(line.ToUpperInvariant());
            await Output.WriteLineAsync(ModelThread() == model ? "stayed" : $"moved from {model} to {ModelThread()}");
        }

        /// <summary>Where the handler runs: its very thread, or the pool, any of whose threads will do.</summary>
        private static int ModelThread() => Thread.CurrentThread.IsThreadPoolThread ? -1 : Environment.CurrentManagedThreadId;
    }

    private sealed class Gatherer : StreamHandler
    {
        public override async ValueTask HandleAsync()
        {
            Output.AutoFlush = false;
            await Output.WriteLineAsync("one");
            await Output.WriteLineAsync("two");
        }
    }

    private sealed class Impatient : StreamHandler
    {
        protected override TimeSpan? OperationLimit => TimeSpan.FromMilliseconds(100);

        public override async ValueTask HandleAsync()
        {
            var times = 0;
            while (times < 3)
            {
                try
                {
                    Assert.Fail($"{await Stream.ReadAsync(new byte[1])} bytes came");
                }
                catch (TimeoutException)
                {
                    times++;
                }
            }

            await Output.WriteLineAsync($"too late {times} times");
        }
    }
}
