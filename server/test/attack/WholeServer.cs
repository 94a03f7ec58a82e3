using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Argosy.Files;
using Argosy.Native;
using Argosy.Native.Tests;

namespace Argosy.Server.Tests.Attack;

/// <summary>The whole server as it is run, in this process, with what must stay untouched beside it.</summary>
internal sealed class WholeServer : IAsyncDisposable
{
    /// <summary>May do everything in its home.</summary>
    public const string User = "alex";

    /// <summary>Everybody's.</summary>
    public const string Password = "correct horse";

    private static readonly PasswordVerifier Verifier = QuickVerifier();

    private readonly TempFolder _folder = new();
    private readonly ServerOptions _options;
    private FileTransferServer _server;

    public WholeServer(string model = "async", Func<ServerOptions, ServerOptions>? change = null, params Account[] accounts)
    {
        _options = new ServerOptions
        {
            Root = _folder["root"],
            Data = _folder["data"],
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Model = model,
            Plain = true,
            MinFree = 0,
            Drain = TimeSpan.FromMilliseconds(500),
            Native = new NativeOptions { LingerTime = TimeSpan.FromMilliseconds(100) },
        };
        _options = change?.Invoke(_options) ?? _options;
        _server = FileTransferServer.Open(_options, Log);
        _server.Accounts.SaveAll(accounts.Length > 0 ? accounts : [Account(User)]);
        _server.Start();
    }

    public AttackLog Log { get; } = new();

    public IPEndPoint Address => _server.FrontEnds[0].Address;

    public IAccountStore Accounts => _server.Accounts;

    /// <summary>The folder of the homes.</summary>
    public string Root => _options.Root;

    /// <summary>A path beside ROOT and the data folder.</summary>
    public string Beside(string name) => _folder[name];

    /// <summary>A path in the data folder.</summary>
    public string InData(string name) => Path.Combine(_options.Data, name);

    /// <summary>A path in ROOT.</summary>
    public string InRoot(params string[] names) => Path.Combine([Root, .. names]);

    /// <summary>An account with the password of all.</summary>
    public static Account Account(string name) => new() { Name = name, Verifier = Verifier };

    public async Task<WireClient> LoginAsync(string name = User, string? from = null)
    {
        var (client, answer) = await TryLoginAsync(name, from);
        Assert.True(answer.IsOk, $"{name} is refused: {answer.Error} {answer.Reply.Message}; {string.Join('\n', Log.Lines)}");
        return client;
    }

    /// <summary>A login that may be refused.</summary>
    public async Task<(WireClient Client, Answer Answer)> TryLoginAsync(string name = User, string? from = null)
    {
        var client = await WireClient.ConnectAsync(Address, from: from);
        return (client, await client.LoginAsync(name, Password));
    }

    public async Task<WireClient> VisitAsync(string? from = null)
    {
        var client = await WireClient.ConnectAsync(Address, from: from);
        var answer = await client.AskAsync("""{"cmd":"auth","mechanism":"ANONYMOUS"}""");
        Assert.True(answer.IsOk, $"{answer.Error}");
        return client;
    }

    /// <summary>Whatever happened, it serves.</summary>
    public async Task AssertServesAsync(string name = User)
    {
        await using var client = await LoginAsync(name);
        var content = RandomNumberGenerator.GetBytes(10_000);
        Assert.True((await client.PutAsync("/it-serves", content)).IsOk);
        Assert.Equal(content, (await client.GetAsync("/it-serves")).Body);
        Assert.True((await client.AskAsync("""{"cmd":"rm","path":"/it-serves"}""")).IsOk);
    }

    public async Task RestartAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
        _server = FileTransferServer.Open(_options, Log);
        _server.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();

        // The base library removes no name that is not UTF-8.
        using (var remove = Process.Start("rm", ["-rf", Root])) await remove.WaitForExitAsync();
        _folder.Dispose();
    }

    /// <summary>RFC 5802 section 3 with the fewest rounds that clients accept: attackers log in often.</summary>
    private static PasswordVerifier QuickVerifier()
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(Password, salt, PasswordVerifier.MinIterations, HashAlgorithmName.SHA256, 32);
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        return new(salt, PasswordVerifier.MinIterations, SHA256.HashData(clientKey), HMACSHA256.HashData(salted, "Server Key"u8));
    }
}
