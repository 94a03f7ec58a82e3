using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Argosy.Cli.Tests.Transfer;

namespace Argosy.Cli.Tests.Messages;

/// <summary>What people read when something goes wrong: one form for each fact, what to do next, and none of the system's or the base library's words.</summary>
[Collection(nameof(TransferCommandsTests))]
public sealed class FailureTests : IAsyncDisposable
{
    // Of strerror(3), of .NET, and of names of its types: what would show that nobody has thought of the reader.
    private static readonly string[] Foreign =
    [
        "No such file or directory", "Permission denied", "Is a directory", "Not a directory", "Directory not empty", "File exists", "No space left", "Connection refused",
        "Broken pipe", "Bad file descriptor", "Input/output error", "File name too long", "Too many", "Could not find", "Access to the path", "is denied", "Required argument",
        "Exception", "System.", "cannot be null", "Parameter '", "The remote certificate", "Authentication failed", "SSL", "errno", "not recognized", "for command:", "was not matched",
        "invalid start of a value", "LineNumber", "nodename", "Name or service", "Resource temporarily", "Must be one of", "\u201c", "\u201d",
    ];

    private readonly TransferWorld _world = new();

    public static TheoryData<string, int, string> Failures() => new()
    {
        { "put nothere.txt @@/", 1, "nothere.txt: no such file" },
        { "put folder @@/", 2, "folder: is a folder; add -r to upload it with all that is in it" },
        { "put local @@/none/x", 1, "/none/x: its folder does not exist on the server. Make that first: mkdir -p" },
        { "put local local2 @@/new", 2, "/new: not a folder on the server; several files need one. Make it first: argosy mkdir @@/new" },
        { "put -r folder @@/file", 1, "/file: is a file on the server; a folder cannot take its place" },
        { "put local alex@host:/p", 2, "\"alex@host:/p\" is not a URL: write argosy://alex@host/p" },
        { "put local host", 2, "The last word has to be a URL: argosy put local argosy://host/" },
        { "put local", 2, "Say what to put, and where: argosy put FILE argosy://host/" },
        { "ls", 2, "Say which folder: argosy ls argosy://host/" },
        { "mv @@/file", 2, "Say what to rename, and its new name: argosy mv argosy://host/old new" },
        { "get x", 2, "\"x\" is not a URL: write argosy://host/path" },
        { "get @@/folder here", 1, "/folder: is a folder; add -r to get it with all that is in it" },
        { "get @@/file @@/folder local", 2, "local: not a folder; several files need one. Make it first: mkdir local" },
        { "get @@/none.* here", 1, "/none.*: nothing on the server matches" },
        { "get @@/none here", 1, "/none: not found on the server" },
        { "ls @@/none", 1, "/none: not found on the server" },
        { "ls @@/none @@/folder", 1, "/none: not found on the server" },
        { "stat @@/none", 1, "/none: not found on the server" },
        { "hash @@/none", 1, "/none: not found on the server" },
        { "rm @@/none", 1, "/none: not found on the server" },
        { "mv @@/none x", 1, "/none: not found on the server" },
        { "mv @@/file /none/x", 1, "/none/x: its folder does not exist on the server. Make that first: mkdir -p" },
        { "mv --no-clobber @@/file other", 1, "/other: not replaced because of --no-clobber" },
        { "mv @@/folder folder/inner", 1, "/folder: cannot be moved into itself" },
        { "mv @@/file file/inner", 1, "/file: cannot be moved into itself" },
        { "rm -r @@/", 1, "/: the home itself cannot be removed or moved. Name something in it." },
        { "rm @@/folder", 1, "/folder: is a folder; rm -r removes it with all that is in it" },
        { "mkdir @@/folder", 1, "/folder: already exists (-p ignores this)" },
        { "mkdir @@/none/x", 1, "/none/x: its folder does not exist on the server. Make that first: mkdir -p" },
        { "hash --algorithm sha1 @@/file", 2, "\"sha1\" is not an algorithm here; there are crc32c, md5 and sha256" },
        { "hash --algorithm", 2, "\"--algorithm\" needs a value" },
        { "hash --algorithm md5 --algorithm md5 @@/file", 2, "\"--algorithm\" can be given once" },
        { "ls --lnog @@/", 2, "there is no option \"--lnog\" here; did you mean \"--long\"?" },
        { "upload local @@/", 2, "there is no command \"upload\" here; did you mean \"put\"?" },
        { "ls argosy://host:port/", 2, "\":port\" is not a port: write a colon and a number from 1 to 65535." },
        { "ls --fingerprint abc @@/", 2, "\"abc\" is not a fingerprint: write sha256: and 64 hexadecimal digits." },
        { "ls argosy+plain://127.0.0.1:1/", 3, "Nothing listens at 127.0.0.1:1. Is the server started, and is that its port?" },
        { "ls argosy://no-such-host.invalid/", 3, "The host no-such-host.invalid is not known. Check its spelling and the network." },
        { "ls argosy+plain://BABBLE/", 4, "damaged or not Argosy's protocol" },
        { "ls argosy://BABBLE/", 4, "BABBLE" },
        // Nothing can be made below /proc, whoever asks.
        { "get @@/file /proc/self/fdinfo/", 1, "argosy: /file: /proc/self/fdinfo: no such folder" },
        { "get @@/file here/none/x", 1, "here/none: no such folder" },
        { "get @@/file here/", 1, "here: no such folder" },
        { "get -r @@/folder /proc/self", 1, "argosy: /proc/self: no such folder" },
        { "put /proc/self/mem @@/", 1, "argosy: /proc/self/mem: the disk failed to read it" },
        { "hash --algorithm SHA256 @@/none", 1, "/none: not found on the server" },
        { "ls WRONG/", 1, "Unknown name or wrong password." },
    };

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Failures))]
    public async Task A_failure_is_told_in_our_own_words(string command, int expected, string words)
    {
        await File.WriteAllTextAsync(_world.World.Path("file"), "content");
        await File.WriteAllTextAsync(_world.World.Path("other"), "content");
        Directory.CreateDirectory(_world.World.Path("folder"));
        Directory.CreateDirectory(_world["folder"]);
        _world.Write("local", "content");
        _world.Write("local2", "content");
        using var babbler = new TcpListener(IPAddress.Loopback, 0);
        babbler.Start();
        var place = $"{babbler.LocalEndpoint}";
        var babbling = BabbleAsync(babbler);
        string[] line = [.. command.Split(' ').Select(word => Where(word, place))];
        var (code, output, error) = await TransferWorld.RunAsync(line);
        var json = await TransferWorld.RunAsync([.. line, "--json"]);
        babbler.Stop();
        await babbling;
        Assert.True(code == expected, $"{code}: {error}");
        Assert.Contains(words.Replace("@@", _world.Url(""), StringComparison.Ordinal).Replace("BABBLE", place, StringComparison.Ordinal), error.Replace(_world["."][..^1], "", StringComparison.Ordinal));
        Assert.All(Foreign, phrase => Assert.DoesNotContain(phrase, error, StringComparison.OrdinalIgnoreCase));
        if (!command.StartsWith("ls @@/none @@", StringComparison.Ordinal))
            Assert.Equal("", output);
        // Nothing a terminal would obey but the line's end.
        Assert.DoesNotContain(error, character => char.IsControl(character) && character != '\n');

        var failure = JsonDocument.Parse(json.Output.Split('\n')[0]).RootElement;
        Assert.Equal(Name(expected, words), failure.GetProperty("error").GetString()!.Replace("not-trusted", "not-verified", StringComparison.Ordinal));
    }

    private static string Name(int code, string words) => (code, words) switch
    {
        (2, _) => "usage",
        (3, _) => "not-reachable",
        (4, _) => "not-verified",
        (_, var text) when text.Contains("not found", StringComparison.Ordinal) || text.Contains("does not exist", StringComparison.Ordinal) || text.Contains("matches", StringComparison.Ordinal) => "not-found",
        (_, var text) when text.Contains("exists (", StringComparison.Ordinal) || text.Contains("not replaced", StringComparison.Ordinal) => "exists",
        (_, var text) when text.Contains("into itself", StringComparison.Ordinal) || text.Contains("home itself", StringComparison.Ordinal) => "not-permitted",
        (_, var text) when text.Contains("add -r to get", StringComparison.Ordinal) => "is-a-folder",
        (_, var text) when text.Contains("password", StringComparison.Ordinal) => "login-failed",
        _ => "failed",
    };

    private static async Task BabbleAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await client.Client.SendAsync("220 Welcome to another protocol.\r\n"u8.ToArray());
                await client.Client.ReceiveAsync(new byte[4096]);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It was stopped.
        }
    }

    private string Where(string word, string babbler) => word switch
    {
        "local" or "local2" or "folder" or "here" or "here/" or "here/none/x" or "nothere.txt" => _world[word],
        _ => word.Replace("@@", _world.Url(""), StringComparison.Ordinal)
            .Replace("WRONG", _world.Url("", "nobody"), StringComparison.Ordinal)
            .Replace("BABBLE", babbler, StringComparison.Ordinal),
    };
}
