using Argosy.Files;
using Argosy.FrontEnds;
using Microsoft.Extensions.Logging;

namespace Argosy.Native.Tests;

/// <summary>A test that talks to a server in bytes. Each starts its own server, whose handlers must not have thrown at the end.</summary>
public abstract class ProtocolTest : IAsyncLifetime
{
    private readonly List<WireClient> _clients = [];
    private FileWorld? _world;
    private NativeServer? _server;

    private protected NativeServer Server => _server!;

    private protected FileWorld World => _world!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (WireClient client in _clients)
            await client.DisposeAsync();
        if (_server is not null)
        {
            await _server.StopAsync(TimeSpan.FromSeconds(5));
            Assert.Empty(_server.Errors);
        }

        if (_world is not null)
            await _world.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected void Start(
        NativeOptions? options = null, AnonymousAccess anonymous = AnonymousAccess.None, long? anonymousQuota = null, int? busyAbove = null,
        ILogger? log = null, BanRule? bans = null)
    {
        var setup = Setup.Current;
        _world = new FileWorld(anonymous, setup.InMemory ? new MemoryStorage() : null, anonymousQuota, bans);
        _server = new NativeServer(_world.Files, setup.Model, options, busyAbove, log);
    }

    private protected async Task<WireClient> ConnectAsync(bool seal = false, string? from = null)
    {
        WireClient client = await WireClient.ConnectAsync(Server.EndPoint, seal, from);
        _clients.Add(client);
        return client;
    }

    private protected async Task<WireClient> ConnectTlsAsync(bool seal = false)
    {
        WireClient client = await WireClient.ConnectTlsAsync(Server.EndPoint, seal);
        _clients.Add(client);
        return client;
    }

    private protected async Task<WireClient> LoginAsync(string name = FileWorld.User, bool seal = false)
    {
        WireClient client = await ConnectAsync(seal);
        Assert.True((await client.LoginAsync(name, FileWorld.Password)).IsOk);
        return client;
    }

    private protected static void AssertText(string expected, byte[]? actual) =>
        Assert.Equal(expected, actual is null ? null : System.Text.Encoding.UTF8.GetString(actual));

    /// <summary>Nothing of that name is there, as a second client sees it.</summary>
    private protected async Task AssertMissingAsync(string path, string name = FileWorld.User)
    {
        WireClient client = await LoginAsync(name);
        Assert.Equal(Wire.WireError.NotFound, (await client.AskAsync($$"""{"cmd":"stat","path":"{{path}}"}""")).Error);
    }
}
