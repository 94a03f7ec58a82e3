using Microsoft.Extensions.Logging;

namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    [Fact(Timeout = Limit)]
    public async Task A_log_that_throws_costs_nobody_anything()
    {
        NotFor(Model.RunsInWorkers, "worker processes have a log of their own");
        await using var server = new StreamServer(
            new StreamServerOptions
            {
                ListenOn = [Wire.NewAddress("tcp4")],
                Model = Model,
                ServiceActions = new ServiceActions(TimeSpan.FromMilliseconds(10), () => throw new InvalidDataException()),
            },
            async context =>
            {
                var letter = new byte[1];
                await context.Connection.ReadExactlyAsync(letter);
                context.Logger.LogError("nothing of this is kept");
                await context.Connection.WriteAsync(letter);
                if (letter[0] == 'x') throw new InvalidDataException();
            },
            new BrokenLogger());
        server.Start();
        for (var i = 0; i < 3; i++)
        {
            await using var client = await TestClient.ConnectAsync(server.LocalEndPoints[0], "tcp4");
            await client.SendAsync("x");
            Assert.Equal("x", await client.ReceiveTextAsync(1));
            Assert.True(await client.IsCutAsync());
        }

        await server.StopAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(3, server.Counters.Failed);
    }

    [Fact(Timeout = Limit)]
    public async Task Limits_that_fail_admit_nobody_and_accepting_goes_on()
    {
        NotFor(Model.RunsInWorkers, "its limits are counted elsewhere");
        var limits = new BrokenLimits();
        var options = new StreamServerOptions { ListenOn = [Wire.NewAddress("tcp4")], Model = Model };
        var dispatcher = new ConnectionDispatcher(
            options, static () => throw new InvalidDataException(), static (_, _) => { }, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, limits);
        var listener = SocketListener.Open(options.ListenOn[0], backlog: 8, dualStack: false);
        var acceptor = Model.Start(dispatcher, [listener]);
        for (var i = 0; i < 3; i++) Assert.True(await TestClient.IsRefusedAsync(listener.LocalEndPoint, "tcp4"));
        Assert.Equal(3, dispatcher.Counters.Refused(RefusalReason.TooMany));
        limits.Admits = true; // and throws when one leaves
        for (var i = 0; i < 3; i++) Assert.True(await TestClient.IsRefusedAsync(listener.LocalEndPoint, "tcp4"));
        await UntilAsync(() => dispatcher.Counters.Failed == 3 && dispatcher.Counters.Active == 0);
        await acceptor.StopAsync();
        listener.Close();
        await dispatcher.BeginDrain();
        await acceptor.JoinAsync();
    }

    private sealed class BrokenLimits : IConnectionLimits
    {
        public bool Admits { get; set; }

        public RefusalReason? TryEnter(System.Net.EndPoint? peer, out bool isOverloaded)
        {
            isOverloaded = false;
            return Admits ? null : throw new IOException("No space left on device");
        }

        public void Leave(System.Net.EndPoint? peer) => throw new IOException("No space left on device");
    }

    private sealed class BrokenLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => throw new IOException("No space left on device");

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new IOException("No space left on device");
    }
}
