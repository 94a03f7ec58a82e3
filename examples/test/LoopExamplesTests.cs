using System.Net.Sockets;

namespace Argosy.Examples.Tests;

/// <summary>The examples that run a loop of their own.</summary>
public class LoopExamplesTests
{
    [Theory]
    [InlineData("select")]
    [InlineData("poll")]
    [InlineData("epoll-et")]
    [InlineData("callbacks")]
    public async Task A_loop_serves_many_clients_and_a_slow_one_harms_nobody(string name)
    {
        await using var example = await ExampleProcess.StartAsync(name);
        using var slow = await LineClient.ConnectAsync(example.Address, receiveBuffer: 16 * 1024);
        // More than the kernel keeps for both sides, so that the server finds no room for a while.
        var much = Enumerable.Range(0, 12_000_000).Select(i => (byte)(i * 31)).ToArray();
        var sending = slow.SendAsync(much); // and reads nothing yet
        for (var i = 0; i < 5; i++)
        {
            using var quick = await example.ConnectAsync();
            Assert.Equal($"hello {i}", await quick.AskAsync($"hello {i}"));
        }

        Assert.Equal(much, await slow.ReadExactlyAsync(much.Length)); // every byte, through partial reads and writes
        await sending;
        slow.FinishSending();
        Assert.Equal("", await slow.ReadToEndAsync());
        await example.StopAsync();
    }

    [Theory]
    [InlineData("select")]
    [InlineData("poll")]
    [InlineData("epoll-et")]
    [InlineData("callbacks")]
    public async Task A_loop_does_not_read_from_a_client_that_reads_nothing(string name)
    {
        await using var example = await ExampleProcess.StartAsync(name);
        using var deaf = await LineClient.ConnectAsync(example.Address, receiveBuffer: 16 * 1024);
        using var other = await example.ConnectAsync();
        deaf.Socket.Blocking = false;
        var (chunk, sent) = (new byte[64 * 1024], 0L);
        while (deaf.Socket.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectWrite)) // false: the server has let it wait for a second
        {
            sent += deaf.Socket.Send(chunk, SocketFlags.None, out _);
            Assert.InRange(sent, 1, 64L << 20); // what the kernel may keep and the server's own bound; else it would take without end
        }

        Assert.Equal("ping", await other.AskAsync("ping"));
        deaf.Dispose();
        other.Dispose();
        await example.StopAsync();
    }

    [Fact]
    public async Task Polling_does_its_work_answers_and_sends_the_silent_away()
    {
        await using var example = await ExampleProcess.StartAsync("polling", "--idle", "0.5");
        using var silent = await example.ConnectAsync();
        Assert.Equal("You are silent; goodbye.", await silent.HearAsync());
        Assert.Null(await silent.HearAsync());
        using var client = await example.ConnectAsync();
        var answer = await client.AskAsync("hello");
        Assert.EndsWith(": hello", answer);
        Assert.True(Round(answer) > 0); // other work was done while nobody spoke
        await example.StopAsync();

        static int Round(string? answer) => int.Parse(answer!["round ".Length..answer!.IndexOf(':', StringComparison.Ordinal)]);
    }

    [Fact]
    public async Task Triggers_level_reports_again_and_edge_once()
    {
        var (code, output, _) = await ExampleProcess.RunAsync("triggers");
        Assert.Equal(0, code);
        foreach (var (line, kind) in output.Zip(["Select", "Poll", "Epoll"]))
            Assert.Equal($"{kind}: two bytes reported, one of them read reported, looked again reported, a third byte reported", line);
        Assert.Equal("EpollEdgeTriggered: two bytes reported, one of them read silent, looked again silent, a third byte reported", output[^1]);
        Assert.Equal(4, output.Length);
    }

    [Fact]
    public async Task Console_lets_an_operator_answer_clients_by_number()
    {
        await using var example = await ExampleProcess.StartAsync("console");
        await example.TypeAsync("list");
        Assert.Equal("nobody is here", await example.HearAsync());
        using var first = await example.ConnectAsync();
        Assert.Equal("1 has come", await example.HearAsync());
        using var second = await example.ConnectAsync();
        Assert.Equal("2 has come", await example.HearAsync());
        await first.SayAsync("we need help");
        Assert.Equal("1 says: we need help", await example.HearAsync());
        await example.TypeAsync("2 all is well");
        await example.TypeAsync("1 we are coming");
        Assert.Equal("we are coming", await first.HearAsync());
        Assert.Equal("all is well", await second.HearAsync());
        first.Dispose();
        Assert.Equal("1 has left", await example.HearAsync());
        await example.TypeAsync("1 too late");
        Assert.Equal("there is no 1", await example.HearAsync());
        await example.TypeAsync("list");
        Assert.Equal("here: 2", await example.HearAsync());
        await example.TypeAsync("help");
        Assert.StartsWith("Type: ", await example.HearAsync());
        await example.TypeAsync("quit");
        Assert.Equal(0, await example.WaitAsync());
        Assert.Null(await second.HearAsync());
    }

    [Fact]
    public async Task Console_ends_by_a_signal_too()
    {
        await using var example = await ExampleProcess.StartAsync("console");
        await example.StopAsync();
    }
}
