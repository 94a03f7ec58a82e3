using Argosy.Cli.Tests.Spine;

namespace Argosy.Cli.Tests.Shell;

/// <summary>Transfers that are stopped, or lose their line, in a shell that goes on.</summary>
public sealed class InterruptedTests(ShellWorld world) : IClassFixture<ShellWorld>
{
    private const int Timeout = 120_000;
    private const int Size = 24 << 20;
    private const int Cut = 6 << 20;

    [Theory(Timeout = Timeout)]
    [InlineData("Y")]
    [InlineData("n")]
    public async Task An_upload_that_control_c_stops_keeps_the_session_and_can_go_on(string answer)
    {
        await using var shell = await world.StartAsync($"up-{answer}");
        await File.WriteAllBytesAsync(shell.Local("big file"), Contents.Random(Size, 1));
        await shell.ReadyAsync();
        var connections = world.Line.Connections;
        await StopAsync(shell, "put 'big file'", up: true);
        Assert.Equal("", await shell.RunAsync("ls"));
        Assert.Equal(connections, world.Line.Connections);

        world.Line.Reset();
        await AnswerAsync(shell, "put 'big file'", answer);
        Assert.EndsWith($"/up-{answer}/big file  24 MiB\n{shell.Prompt()}", await shell.ReadyAsync(), StringComparison.Ordinal);
        AssertTravelled(answer);
        Contents.AssertSame(shell.Local("big file"), shell.Remote("big file"));
        Assert.Equal($"/up-{answer}/big file  already there", await shell.RunAsync("put 'big file'"));
    }

    [Fact(Timeout = Timeout)]
    public async Task An_upload_that_is_stopped_on_a_slow_line_keeps_the_session()
    {
        await using var shell = await world.StartAsync("slow");
        await File.WriteAllBytesAsync(shell.Local("big"), Contents.Random(Size, 5));
        await shell.ReadyAsync();
        var connections = world.Line.Connections;
        world.Line.Reset();
        var halt = world.Line.HaltAt(up: true, Cut);
        await shell.Screen.TypeAsync("put big");
        await shell.Screen.PressAsync("Enter");
        await halt.Reached;
        await shell.Screen.PressAsync("C-c");

        // Longer than anything else is waited for that was stopped.
        await Task.Delay(TimeSpan.FromSeconds(3));
        halt.GoOn(cut: false);
        await shell.ReadyAsync();
        Assert.Equal("", await shell.RunAsync("ls"));
        Assert.Equal(connections, world.Line.Connections);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("")]
    [InlineData("n")]
    public async Task A_download_that_control_c_stops_keeps_the_shell_and_can_go_on(string answer)
    {
        await using var shell = await world.StartAsync($"down-{answer}");
        await File.WriteAllBytesAsync(shell.Remote("big"), Contents.Random(Size, 2));
        await StopAsync(shell, "get big", up: false);
        Assert.Equal("big", await shell.RunAsync("ls"));

        world.Line.Reset();
        await AnswerAsync(shell, "get big", answer);
        Assert.EndsWith($"./big  24 MiB\n{shell.Prompt()}", await shell.ReadyAsync(), StringComparison.Ordinal);
        AssertTravelled(answer);
        Contents.AssertSame(shell.Local("big"), shell.Remote("big"));
        Assert.Equal("./big  already there", await shell.RunAsync("get big"));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_script_goes_on_without_asking()
    {
        await using var shell = await world.StartAsync("script");
        await File.WriteAllBytesAsync(shell.Local("big"), Contents.Random(Size, 3));
        await StopAsync(shell, "put big", up: true);
        await shell.Screen.PressAsync("C-d");
        Assert.Equal(0, await shell.Screen.ExitAsync());

        world.Line.Reset();
        var result = await world.RunScriptAsync("script", $"lcd '{shell.Local("")}'\nput big\n", world.Line.Port);
        Assert.Equal(new CommandResult(0, "/script/big  24 MiB\n", ""), result);
        AssertTravelled("Y");
    }

    [Fact(Timeout = Timeout)]
    public async Task A_line_that_is_lost_is_told_and_the_next_command_connects_again()
    {
        await using var shell = await world.StartAsync("lost");
        await File.WriteAllBytesAsync(shell.Local("big"), Contents.Random(Size, 4));
        await shell.ReadyAsync();
        world.Line.Reset();
        var halt = world.Line.HaltAt(up: true, Cut);
        await shell.Screen.TypeAsync("put big");
        await shell.Screen.PressAsync("Enter");
        await halt.Reached;
        halt.GoOn(cut: true);
        var shown = await shell.ReadyAsync();
        Assert.Contains("To go on where it stopped, repeat: put big\n", shown, StringComparison.Ordinal);

        world.Line.Reset();
        Assert.Equal($"ls: The connection was lost; connected again to 127.0.0.1:{world.Line.Port}.", await shell.RunAsync("ls"));
        Assert.Equal("/lost", await shell.RunAsync("pwd"));
        await AnswerAsync(shell, "put big", "");
        await shell.ReadyAsync();
        Contents.AssertSame(shell.Local("big"), shell.Remote("big"));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_password_is_asked_for_until_it_is_right_and_then_never_again()
    {
        await using var shell = await world.StartAsync("typed", isTyped: true);
        await shell.Screen.EndsWithAsync($"Password of alex at 127.0.0.1:{world.Line.Port}:");
        await shell.Screen.TypeAsync("wrong");
        await shell.Screen.PressAsync("Enter");
        await shell.Screen.UntilAsync(screen => screen.Contains("wrong password", StringComparison.Ordinal) && screen.EndsWith(':'), "The second question");
        await shell.Screen.TypeAsync(Deployment.Password);
        await shell.Screen.PressAsync("Enter");
        await shell.ReadyAsync();

        world.Line.Reset();
        var halt = world.Line.HaltAt(up: true, 1);
        await shell.Screen.TypeAsync("ls");
        await shell.Screen.PressAsync("Enter");
        await halt.Reached;
        halt.GoOn(cut: true);
        Assert.Contains($"ls: 127.0.0.1:{world.Line.Port} ended the connection.", await shell.ReadyAsync(), StringComparison.Ordinal);
        world.Line.Reset();
        Assert.Equal($"ls: The connection was lost; connected again to 127.0.0.1:{world.Line.Port}.", await shell.RunAsync("ls"));
    }

    [Fact(Timeout = Timeout)]
    public async Task Control_c_ends_the_wait_for_a_server_that_is_silent()
    {
        await using var shell = await world.StartAsync("silent");
        await shell.ReadyAsync();
        world.Line.Reset();
        var halt = world.Line.HaltAt(up: false, 1);
        await shell.Screen.TypeAsync("ls");
        await shell.Screen.PressAsync("Enter");
        await halt.Reached;
        await shell.Screen.PressAsync("C-c");
        Assert.Contains("\nls: Stopped.\n", await shell.ReadyAsync(), StringComparison.Ordinal);

        // The old connection stands still for ever; a new one does not.
        world.Line.Reset();
        var connections = world.Line.Connections;
        Assert.Equal("", await shell.RunAsync("ls"));
        Assert.Equal(connections + 1, world.Line.Connections);
        halt.GoOn(cut: true);
    }

    // Ctrl-C once a quarter of the transfer is through, and the line lets through so little that it cannot end by itself.
    private async Task StopAsync(ShellAtTerminal shell, string command, bool up)
    {
        await shell.ReadyAsync();
        world.Line.Reset();
        var halt = world.Line.HaltAt(up, Cut);
        await shell.Screen.TypeAsync(command);
        await shell.Screen.PressAsync("Enter");
        await halt.Reached;
        await shell.Screen.PressAsync("C-c");
        var stopped = shell.Screen.ShowsAsync($"Stopped. To go on where it stopped, repeat: {command}\n");
        for (var at = halt.Bytes; !stopped.IsCompleted; at += 4 * 1024)
        {
            var next = world.Line.HaltAt(up, at + (4 * 1024));
            halt.GoOn(cut: false);
            await Task.WhenAny(next.Reached, stopped);
            await Task.Delay(2);
            halt = next;
        }

        halt.GoOn(cut: false);
        await stopped;
        await shell.ReadyAsync();
    }

    private static async Task AnswerAsync(ShellAtTerminal shell, string command, string answer)
    {
        await shell.Screen.TypeAsync(command);
        await shell.Screen.PressAsync("Enter");
        await shell.Screen.UntilAsync(screen => screen.EndsWith("incomplete: continue? [Y/n]", StringComparison.Ordinal), "The question");
        if (answer.Length > 0)
            await shell.Screen.TypeAsync(answer);
        await shell.Screen.PressAsync("Enter");
    }

    private void AssertTravelled(string answer)
    {
        if (answer == "n")
            Assert.True(world.Line.Bytes >= Size, $"It began anew, but {world.Line.Bytes} bytes travelled");
        else
            Assert.True(world.Line.Bytes < Size - (Cut / 4), $"It went on, but {world.Line.Bytes} bytes travelled");
    }
}
