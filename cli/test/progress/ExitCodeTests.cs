using System.Net;
using System.Net.Sockets;
using Argosy.Cli.Tests.Transfer;

namespace Argosy.Cli.Tests.Progressing;

/// <summary>Every exit code of every command that talks to a server, and those of the others that no server is needed for.</summary>
[Collection(nameof(TransferCommandsTests))]
public sealed class ExitCodeTests : IAsyncDisposable
{
    private const int Timeout = 60_000;

    // HOST stands for a server that works, and for others: see Where.
    private static readonly (string Done, string Failed)[] Remote =
    [
        ("ls HOST/", "ls HOST/none"),
        ("stat HOST/file", "stat HOST/none"),
        ("hash HOST/file", "hash HOST/none"),
        ("mkdir HOST/new", "mkdir HOST/file"),
        ("mv HOST/moved newer", "mv HOST/none newer"),
        ("rm HOST/gone", "rm HOST/none"),
        ("put local HOST/put", "put local HOST/none/put"),
        ("put -r folder HOST/", "put -r folder HOST/none/"),
        ("get HOST/file here", "get HOST/none here"),
        ("get -r HOST/folder here-too", "get -r HOST/none here-too"),
        ("uploads HOST/", ""),
    ];

    private readonly TransferWorld _world = new();

    public static TheoryData<string, int> Codes()
    {
        var data = new TheoryData<string, int>();
        foreach (var (done, failed) in Remote)
        {
            data.Add(done, 0);
            if (failed.Length > 0)
                data.Add(failed, 1);
            data.Add($"{done} --no-such-option", 2);
            data.Add(done.Split(' ')[0], 2);
            data.Add(done.Replace("HOST", "REFUSING", StringComparison.Ordinal), 3);
            data.Add(done.Replace("HOST", "BABBLING", StringComparison.Ordinal), 4);
        }

        foreach (var words in (string[])["user show nobody --data DATA", "user remove nobody --data DATA", "user list --data DATA", "serve ROOT --listen TAKEN --data DATA --anonymous ro"])
            data.Add(words, 1);
        foreach (var words in (string[])["", "no-such-command", "user", "user add", "user set --no-such-option", "serve --model none", "serve --no-such-option", "bench", "bench models --no-such-option"])
            data.Add(words, 2);
        foreach (var words in (string[])["--version", "--help", "put --help"])
            data.Add(words, 0);
        return data;
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Codes))]
    public async Task Every_command_ends_with_the_code_of_what_happened(string command, int expected)
    {
        foreach (var name in (string[])["file", "gone", "moved"])
            await File.WriteAllTextAsync(_world.World.Path(name), "content");
        Directory.CreateDirectory(_world.World.Path("folder"));
        await File.WriteAllTextAsync(_world.World.Path("folder/inner"), "content");
        Directory.CreateDirectory(_world["folder"]);
        _world.Write("folder/inner", "content");
        _world.Write("local", "content");
        await using var babbling = new BabblingServer();
        var (code, output, error) = await TransferWorld.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => Where(word, babbling))]);
        Assert.True(code == expected, $"{code}: {output}{error}");
        // A server has a log, which is not caught here.
        if (command.StartsWith("serve", StringComparison.Ordinal))
            return;
        Assert.Equal(expected == 0, error.Length == 0);
        if (expected is 1 or 3 or 4)
            Assert.StartsWith("argosy: ", error, StringComparison.Ordinal);
    }

    private string Where(string word, BabblingServer babbling) => word switch
    {
        "local" or "folder" or "here" or "here-too" or "DATA" or "ROOT" => _world[word],
        "TAKEN" => $"127.0.0.1:{babbling.Port}",
        _ => word.Replace("HOST", _world.Url(""), StringComparison.Ordinal)
            .Replace("REFUSING", "argosy+plain://alex@127.0.0.1:1", StringComparison.Ordinal)
            .Replace("BABBLING", $"argosy+plain://alex@127.0.0.1:{babbling.Port}", StringComparison.Ordinal),
    };

    /// <summary>Answers, but not in the protocol.</summary>
    private sealed class BabblingServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _serving;

        public BabblingServer()
        {
            _listener.Start();
            _serving = ServeAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        private async Task ServeAsync()
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await client.Client.SendAsync("220 Welcome to another protocol.\r\n"u8.ToArray());
                await client.Client.ReceiveAsync(new byte[4096]);
            }
        }
    }
}
