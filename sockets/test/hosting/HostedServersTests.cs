using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets.Tests;

/// <summary>Servers in a real Generic Host.</summary>
public sealed class HostedServersTests
{
    private const int Limit = 30_000;

    private static readonly EndPoint Loopback = new IPEndPoint(IPAddress.Loopback, 0);

    public static TheoryData<string> Models => [.. ConcurrencyModels.All.Select(model => model.Name)];

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models))]
    public async Task Each_connection_gets_a_handler_with_services_and_a_scope_of_its_own(string model)
    {
        using var host = NewHost(services => services
            .AddSingleton<Ledger>()
            .AddScoped<Page>()
            .AddStreamServer<Scribe>(options => options with { ListenOn = [Loopback], Model = ConcurrencyModels.Find(model)! }));
        await host.StartAsync(TestContext.Current.CancellationToken);
        var address = host.Services.GetRequiredKeyedService<StreamServer>(nameof(Scribe)).LocalEndPoints[0];
        var pages = new HashSet<string>();
        for (var i = 0; i < 3; i++) pages.Add(await Asking.AskAsync(address, "x"));
        Assert.Equal(3, pages.Count);
        var ledger = host.Services.GetRequiredService<Ledger>();
        await ConcurrencyModelContract.UntilAsync(() => ledger.Lines.Count == 9);
        foreach (var page in pages) Assert.Equal([$"finish {page}", $"dispose handler {page}", $"dispose page {page}"], ledger.Lines.Where(line => line.EndsWith(page)));
        await host.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(await IsRefusedAsync(address));
    }

    [Fact(Timeout = Limit)]
    public async Task A_handler_that_cannot_be_made_ends_its_connection_and_is_logged()
    {
        var log = new ListLogger();
        using var host = NewHost(services => services.AddScoped<Page>().AddStreamServer<Scribe>(options => options with { ListenOn = [Loopback] }), log);
        await host.StartAsync(TestContext.Current.CancellationToken);
        var server = host.Services.GetRequiredKeyedService<StreamServer>(nameof(Scribe));
        Assert.True(await TestClient.IsRefusedAsync(server.LocalEndPoints[0], "tcp4"));
        await ConcurrencyModelContract.UntilAsync(() => server.Counters.Failed == 1);
        Assert.Contains(log.Lines, line => line.StartsWith("A handler failed"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_method_can_serve_too()
    {
        using var host = NewHost(services => services.AddSingleton(new Ledger()).AddStreamServer(
            options => options with { ListenOn = [Loopback] },
            async (context, services) =>
            {
                await context.Connection.ReadExactlyAsync(new byte[1]);
                await context.Connection.WriteAsync($"{services.GetRequiredService<Ledger>().Lines.Count} lines");
            },
            "counter"));
        await host.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("0 lines", await Asking.AskAsync(host.Services.GetRequiredKeyedService<StreamServer>("counter").LocalEndPoints[0], "x"));
    }

    [Fact(Timeout = Limit)]
    public async Task Stopping_the_host_waits_for_what_is_under_way()
    {
        using var host = NewHost(services => services.AddStreamServer(
            options => options with { ListenOn = [Loopback] }, static (context, _) => Handlers.EchoAsync(context, context.Connection)));
        await host.StartAsync(TestContext.Current.CancellationToken);
        await using var client = await TestClient.ConnectAsync(host.Services.GetRequiredKeyedService<StreamServer>("stream").LocalEndPoints[0], "tcp4");
        await client.SendAsync("1");
        Assert.Equal("1", await client.ReceiveTextAsync(1));
        var stop = host.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(stop.IsCompleted);
        await client.SendAsync("2");
        Assert.Equal("2", await client.ReceiveTextAsync(1));
        await client.FinishSendingAsync();
        await stop;
    }

    [Fact(Timeout = Limit)]
    public async Task The_drain_is_as_long_as_the_host_allows()
    {
        using var host = NewHost(services => services
            .Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(0.2))
            .AddStreamServer(options => options with { ListenOn = [Loopback] }, static (context, _) => Handlers.EchoAsync(context, context.Connection)));
        await host.StartAsync(TestContext.Current.CancellationToken);
        await using var client = await TestClient.ConnectAsync(host.Services.GetRequiredKeyedService<StreamServer>("stream").LocalEndPoints[0], "tcp4");
        await client.SendAsync("1");
        Assert.Equal("1", await client.ReceiveTextAsync(1));
        var watch = Stopwatch.StartNew();
        await host.StopAsync(TestContext.Current.CancellationToken).ContinueWith(static _ => { }, TaskScheduler.Default); // it may say that time ran out
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.19, 10);
        Assert.True(await client.IsCutAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task An_address_in_use_keeps_the_host_from_starting_and_says_why()
    {
        await using var first = TestServer.Start("async", "tcp4", Handlers.EchoAsync);
        using var host = NewHost(services => services.AddStreamServer(options => options with { ListenOn = [first.Address] }, static (_, _) => default));
        var error = await Assert.ThrowsAsync<ConnectionException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains($"Cannot listen on {first.Address}: another program already listens there", error.Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Options_come_from_configuration()
    {
        var path = Asking.NewPath("configured");
        var log = new ListLogger();
        var configuration = Settings(
            ("Echo:ListenOn:0", "127.0.0.1:0"), ("Echo:ListenOn:1", $"unix:{path}"), ("Echo:model", "threads"), ("Echo:MaxConnections", "1"), ("Echo:Backlog", "7"));
        using var host = NewHost(services => services.AddStreamServer(
            options => options.With(configuration.GetSection("Echo")), static (context, _) => Handlers.EchoAsync(context, context.Connection), "echo"), log);
        await host.StartAsync(TestContext.Current.CancellationToken);
        var server = host.Services.GetRequiredKeyedService<StreamServer>("echo");
        Assert.Contains(log.Lines, line => line == $"Listening on {server.LocalEndPoints[0]}, model threads.");
        await using var client = await TestClient.ConnectAsync(server.LocalEndPoints[1], "unix");
        await client.SendAsync("x");
        Assert.Equal("x", await client.ReceiveTextAsync(1));
        Assert.True(await TestClient.IsRefusedAsync(server.LocalEndPoints[0], "tcp4"));
        Assert.Equal(1, server.Counters.Refused(RefusalReason.TooMany));
    }

    [Theory]
    [InlineData("Model", "epol", "Echo:Model: there is no model 'epol' for this; there are: iterative, threads")]
    [InlineData("Modell", "epoll", "Echo:Modell: there is no such setting; there are: ListenOn, Model")]
    [InlineData("ListenOn", "localhost:80", "Echo:ListenOn: 'localhost:80' is no address to listen at")]
    [InlineData("ListenOn", "127.0.0.1:0, ::1:80", "'::1:80' is no address to listen at")]
    [InlineData("Backlog", "many", "Echo:Backlog: 'many' is no number above zero")]
    public void A_setting_that_cannot_be_is_a_clear_error(string key, string value, string expected)
    {
        var section = Settings(($"Echo:{key}", value)).GetSection("Echo");
        Assert.Contains(expected, Assert.Throws<FormatException>(() => new StreamServerOptions { ListenOn = [] }.With(section)).Message);
    }

    [Fact]
    public void A_model_without_datagrams_is_no_model_for_a_datagram_server()
    {
        var unable = ConcurrencyModels.All.FirstOrDefault(model => !model.ServesDatagrams);
        Assert.SkipWhen(unable is null, "not applicable: every model serves datagrams");
        var section = Settings(("Time:Model", unable!.Name)).GetSection("Time");
        var error = Assert.Throws<FormatException>(() => new DatagramServerOptions { ListenOn = [] }.With(section));
        Assert.Contains(string.Join(", ", ConcurrencyModels.All.Where(model => model.ServesDatagrams)), error.Message);
    }

    [Fact]
    public void Addresses_can_be_written_in_several_ways()
    {
        Assert.Equal(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 80), AddressText.Parse("192.0.2.1:80"));
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 80), AddressText.Parse("[::1]:80"));
        Assert.Equal(AddressText.Parse(":80"), AddressText.Parse("*:80"));
        Assert.Equal("/run/x.sock", AddressText.Parse("unix:/run/x.sock").ToString());
    }

    [Fact]
    public void A_name_that_is_taken_or_a_server_without_an_address_is_a_clear_error()
    {
        var services = new ServiceCollection().AddStreamServer(options => options, static (_, _) => default);
        Assert.Contains("'stream' already", Assert.Throws<ArgumentException>(() => services.AddStreamServer(options => options, static (_, _) => default)).Message);
        using var provider = services.BuildServiceProvider();
        Assert.Contains("has no address", Assert.Throws<InvalidOperationException>(() => provider.GetServices<IHostedService>().ToList()).Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Each_datagram_gets_a_handler_with_services()
    {
        using var host = NewHost(services => services
            .AddSingleton<Ledger>()
            .AddScoped<Page>()
            .AddDatagramServer<Clerk>(options => options with { ListenOn = [Loopback] }));
        await host.StartAsync(TestContext.Current.CancellationToken);
        using var client = new DatagramClient("udp4");
        var pages = new HashSet<string>();
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync([1], host.Services.GetRequiredKeyedService<DatagramServer>(nameof(Clerk)).LocalEndPoints[0]);
            pages.Add(Encoding.UTF8.GetString((await client.ReceiveAsync()).Bytes));
        }

        Assert.Equal(3, pages.Count);
        var ledger = host.Services.GetRequiredService<Ledger>();
        await ConcurrencyModelContract.UntilAsync(() => ledger.Lines.Count == 3);
        Assert.Equal(pages.Select(page => $"dispose page {page}").Order(), ledger.Lines.Order());
    }

    private static IHost NewHost(Action<IServiceCollection> add, ListLogger? log = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        if (log is not null) builder.Logging.AddProvider(new ListLoggerProvider(log));
        add(builder.Services);
        return builder.Build();
    }

    private static IConfiguration Settings(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
        .Build();

    private static async Task<bool> IsRefusedAsync(EndPoint address)
    {
        using var socket = Wire.NewSocket(address);
        return await Record.ExceptionAsync(() => socket.ConnectAsync(address)) is not null;
    }

    private sealed class Ledger
    {
        public ConcurrentQueue<string> Lines { get; } = new();
    }

    private sealed class Page(Ledger ledger) : IDisposable
    {
        public string Id { get; } = Guid.NewGuid().ToString("N");

        public void Dispose() => ledger.Lines.Enqueue($"dispose page {Id}");
    }

    private sealed class Scribe(Page page, Ledger ledger) : ConnectionHandler, IDisposable
    {
        public override async ValueTask HandleAsync()
        {
            await Connection.ReadExactlyAsync(new byte[1]);
            await Connection.WriteAsync(page.Id);
        }

        public override ValueTask FinishAsync()
        {
            ledger.Lines.Enqueue($"finish {page.Id}");
            return default;
        }

        public void Dispose() => ledger.Lines.Enqueue($"dispose handler {page.Id}");
    }

    private sealed class Clerk(Page page) : DatagramHandler
    {
        public override ValueTask HandleAsync()
        {
            Context.Reply(Encoding.UTF8.GetBytes(page.Id));
            return default;
        }
    }

    private sealed class ListLoggerProvider(ListLogger log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}
