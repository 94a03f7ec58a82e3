using System.Text;
using Argosy.Client.Tests;

namespace Argosy.Cli.Tests.Transfer;

/// <summary>The real command and a server that wants to do harm: what it prints, where it writes, how it ends.</summary>
public sealed class HostileServerCommandTests : IDisposable
{
    // Titles, colours, cursor movements, bells, C1 controls, text that turns its direction, new lines.
    private const string Evil = "\u001b]0;owned\u0007\u001b[2J\u009b31m\u202egnp.\u2066\r\n\b\u007f\u0085";
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("ls -l")]
    [InlineData("ls --json")]
    [InlineData("stat")]
    [InlineData("get -r --links")]
    public async Task Nothing_that_a_server_says_reaches_the_terminal_as_it_is(string command)
    {
        var tree = new FakeTree
        {
            ["/"] = [FakeTree.Entry(Evil, "file"), FakeTree.Entry(Evil + "2", "link", Evil), FakeTree.Entry(Evil + "3", "folder"), FakeTree.Entry("x" + Evil, "device")],
            StatPath = Evil,
        };
        await using var server = tree.Open();
        var result = await AssertCleanAsync(server, command);
        Assert.Contains("owned", result.Output + result.Error);
    }

    [Theory]
    [InlineData("ls")]
    [InlineData("get")]
    [InlineData("put")]
    [InlineData("uploads")]
    public async Task Nothing_in_a_refusal_reaches_the_terminal_as_it_is(string command)
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            while (true)
            {
                var escaped = System.Text.Json.JsonSerializer.Serialize(Evil + new string('x', 20_000));
                await peer.SendRawAsync(await peer.ReadRequestAsync(), $$"""{"id":ID,"status":"error","error":{{escaped}},"message":{{escaped}}}""");
            }
        });
        var result = await AssertCleanAsync(server, command);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("owned", result.Output + result.Error);
        Assert.InRange(result.Error.Length + result.Output.Length, 1, 10_000);
    }

    [Theory]
    [InlineData("../planted")]
    [InlineData("/tmp/argosy-planted")]
    public async Task A_name_that_leads_out_ends_the_command_and_writes_nothing(string name)
    {
        var tree = new FakeTree { ["/"] = [FakeTree.Entry(name, "file")] };
        await using var server = tree.Open();
        foreach (var source in (string[])["/", "/*"])
        {
            var target = Directory.CreateDirectory(_home["in/target"]).FullName;
            var result = await ArgosyCommand.RunAsync(_home, "get", "-r", Url(server) + source, target);
            Assert.Equal(4, result.ExitCode);
            Assert.Contains("a name that cannot be one", result.Error);
            Assert.Empty(Directory.GetFiles(_home["in"], "*", SearchOption.AllDirectories));
        }
    }

    [Fact]
    public async Task A_long_listing_that_finds_no_room_on_this_disk_says_so()
    {
        var lines = string.Concat(Enumerable.Repeat("""{"name":"a","type":"file","size":1,"mtime":0}""" + "\n", 120_000));
        await using var server = FakeServer.Greeting(async peer => await peer.SendLinesAsync(await peer.ReadRequestAsync(), lines));
        var result = await ArgosyCommand.RunAsync(_home, ["ls", Url(server) + "/"], "", ("TMPDIR", _home["missing"]));
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("Set TMPDIR to a folder with room", result.Error);
    }

    [Fact]
    public async Task Another_protocol_ends_the_command_at_once()
    {
        await using var server = new FakeServer(peer => peer.SendAsync(Encoding.Latin1.GetBytes("220 \u001b[2J ready\r\n")));
        var result = await AssertCleanAsync(server, "ls");
        Assert.Equal(4, result.ExitCode);
        result = await AssertCleanAsync(server, "ls", plain: false);
        Assert.Equal(4, result.ExitCode);
    }

    private static string Url(FakeServer server, bool plain = true) => $"argosy{(plain ? "+plain" : "")}://127.0.0.1:{server.Port}";

    private async Task<CommandResult> AssertCleanAsync(FakeServer server, string command, bool plain = true)
    {
        var words = command.Split(' ');
        var url = $"{Url(server, plain)}/{(words[0] is "ls" or "uploads" || command.Contains("-r", StringComparison.Ordinal) ? "" : "f")}";
        string[] arguments = words[0] switch
        {
            "get" => [.. words, url, _home["target"]],
            "put" => [.. words, _home.Write("source", "text"), url],
            _ => [.. words, url],
        };
        var result = await ArgosyCommand.RunAsync(_home, arguments);
        Assert.DoesNotContain("This is a bug", result.Error);
        var text = (result.Output + result.Error).Replace("\n", "", StringComparison.Ordinal);
        Assert.DoesNotContain(text, character => char.IsControl(character) || character is '\u202e' or '\u2066');
        return result;
    }
}
