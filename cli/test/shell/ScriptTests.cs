using System.Net;
using System.Net.Sockets;

namespace Argosy.Cli.Tests.Shell;

/// <summary>Scripts: <c>argosy shell URL &lt; script</c>.</summary>
public sealed class ScriptTests(ShellWorld world) : IClassFixture<ShellWorld>
{
    private const int Timeout = 60_000;

    [Fact(Timeout = Timeout)]
    public async Task A_script_runs_to_its_end_and_shows_results_alone()
    {
        var result = await world.RunScriptAsync("whole", "# a comment\n\nmkdir 'a b' # and another\r\ncd 'a b'\npwd\n");
        Assert.Equal(new CommandResult(0, "/whole/a b\n", ""), result);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("rm nothing", 1, "rm: /failing/nothing: not found on the server")]
    [InlineData("mkdir", 2, "mkdir: A name is missing: mkdir [-p] FOLDER...")]
    [InlineData("mkdirr x", 2, "There is no command \"mkdirr\"; did you mean \"mkdir\"? Type help to see them all.")]
    [InlineData("hash --algorithm sha1 x", 2, "hash: \"sha1\" is not an algorithm here; there are crc32c, md5 and sha256")]
    [InlineData("get 'x", 2, "A quote is never closed.")]
    public async Task The_first_failure_ends_it_with_its_code_and_its_line(string line, int code, string message)
    {
        var result = await world.RunScriptAsync("failing", $"pwd\n\n{line}\nmkdir never\n");
        Assert.Equal(new CommandResult(code, "/failing\n", $"line 3: {message}\n"), result);
        Assert.False(Directory.Exists(world.Deployment.Stored("failing/never")));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_hyphen_lets_a_line_fail()
    {
        var result = await world.RunScriptAsync("hyphen", "-rm nothing\nmkdir made\n");
        Assert.Equal(new CommandResult(0, "", "line 1: rm: /hyphen/nothing: not found on the server\n"), result);
        Assert.True(Directory.Exists(world.Deployment.Stored("hyphen/made")));
    }

    [Fact(Timeout = Timeout)]
    public async Task Quit_ends_it_well()
    {
        Assert.Equal(new CommandResult(0, "", ""), await world.RunScriptAsync("quit", "quit\nrm nothing\n"));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_server_that_is_not_there_is_told_with_code_3()
    {
        using var nobody = new Socket(SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var result = await world.RunScriptAsync("absent", "pwd\n", ((IPEndPoint)nobody.LocalEndPoint!).Port);
        Assert.Equal((3, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("argosy: Nothing listens at 127.0.0.1:", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task The_password_may_stand_in_the_first_line()
    {
        Directory.CreateDirectory(world.Deployment.Stored("first"));
        var result = await ArgosyCommand.RunAsync(
            world.Deployment.Home, ["shell", "--password-stdin", world.Deployment.Url("/first")], $"{Spine.Deployment.Password}\npwd\n");
        Assert.Equal(new CommandResult(0, "/first\n", ""), result);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_folder_that_is_none_is_refused_at_once()
    {
        var result = await ArgosyCommand.RunAsync(
            world.Deployment.Home, ["shell", world.Deployment.Url("/nowhere")], "pwd\n", ("ARGOSY_PASSWORD", Spine.Deployment.Password));
        Assert.Equal(new CommandResult(1, "", "argosy: /nowhere: not found on the server\n"), result);
    }
}
