using System.Net;
using System.Net.Sockets;
using System.Text;
using Argosy.Sockets;

namespace Argosy.Examples.Tests;

/// <summary>The examples that show the models.</summary>
public class ModelExamplesTests
{
    public static TheoryData<string> Models => [.. ConcurrencyModels.All.Select(model => model.Name)];

    public static TheoryData<string> DatagramModels => [.. ConcurrencyModels.All.Where(model => model.ServesDatagrams).Select(model => model.Name)];

    [Fact]
    public async Task Iterative_serves_the_second_client_when_the_first_has_left()
    {
        await using var example = await ExampleProcess.StartAsync("iterative");
        using var first = await example.ConnectAsync();
        Assert.Equal("one", await first.AskAsync("one"));
        using var second = await example.ConnectAsync();
        await second.SayAsync("two");
        Assert.Equal("three", await first.AskAsync("three"));
        Assert.False(second.HasSomethingToRead); // though it asked before
        first.Dispose();
        Assert.Equal("two", await second.HearAsync());
        second.Dispose();
        await example.StopAsync();
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Echo_gives_everything_back_under_every_model(string model)
    {
        await using var example = await ExampleProcess.StartAsync("echo", "--model", model);
        using var client = await example.ConnectAsync();
        Assert.Equal("hello", await client.AskAsync("hello"));
        var much = Enumerable.Range(0, 200_000).Select(i => (byte)(i * 31)).ToArray();
        var sending = client.SendAsync(much);
        Assert.Equal(much, await client.ReadExactlyAsync(much.Length));
        await sending;
        client.FinishSending();
        Assert.Equal("", await client.ReadToEndAsync());
        await example.StopAsync();
    }

    [Fact]
    public async Task Echo_names_the_models_and_refuses_others()
    {
        var help = await ExampleProcess.RunAsync("echo", "--help");
        Assert.Equal(0, help.ExitCode);
        Assert.Contains(string.Join(", ", ConcurrencyModels.All), string.Join('\n', help.Output));
        var (code, _, errors) = await ExampleProcess.RunAsync("echo", "--model", "magic");
        Assert.Equal(2, code);
        Assert.Contains("'magic'", errors);
    }

    [Theory]
    [MemberData(nameof(DatagramModels))]
    public async Task Upper_answers_over_tcp_and_over_udp(string model)
    {
        await using var example = await ExampleProcess.StartAsync(2, "upper", "--model", model);
        using var stream = await LineClient.ConnectAsync(IPEndPoint.Parse(example.Ready[1]));
        await stream.SendAsync("straße ");
        Assert.Equal("STRAßE ÄÖÜ", await stream.AskAsync("äöü")); // a line is a line, however many segments brought it

        using var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
        datagrams.Connect(example.AddressOf("udp"));
        Assert.Equal("ONE", Ask(datagrams, "one"));
        Assert.Equal("TWO\nLINES", Ask(datagrams, "two\nlines")); // a datagram is a message as it is
        stream.Dispose();
        await example.StopAsync();
    }

    [Theory]
    [InlineData("threads")]
    [InlineData("process")]
    public async Task Telephone_greets_and_knows_its_keys(string model)
    {
        await using var example = await ExampleProcess.StartAsync("telephone", "--model", model);
        using var caller = await example.ConnectAsync();
        using var other = await example.ConnectAsync();
        Assert.StartsWith("Welcome", await caller.HearAsync());
        Assert.StartsWith("Welcome", await other.HearAsync()); // while the first is still there
        Assert.Equal("Our hours are nine to five.", await caller.AskAsync("1"));
        Assert.Contains("connected", await caller.AskAsync("0"));
        Assert.Equal("There is no 7 here; please try again.", await caller.AskAsync("7"));
        Assert.Equal("Goodbye. You asked 3 times.", await caller.AskAsync("exit"));
        Assert.Null(await caller.HearAsync());
        Assert.Equal("Goodbye. You asked 0 times.", await other.AskAsync("exit"));
        await example.StopAsync();
    }

    [Theory]
    [InlineData("threads")]
    [InlineData("epoll")]
    [InlineData("async")]
    public async Task Protocol_calls_back_and_its_factory_counts(string model)
    {
        await using var example = await ExampleProcess.StartAsync("protocol", "--model", model);
        using var first = await example.ConnectAsync();
        Assert.Equal("visitor 1, 1 here", await first.HearAsync());
        using var second = await example.ConnectAsync();
        Assert.Equal("visitor 2, 2 here", await second.HearAsync());
        Assert.Equal("hello", await first.AskAsync("hello"));
        Assert.Equal("bye", await second.AskAsync("bye"));
        Assert.Null(await second.HearAsync());
        await example.StopAsync(); // with a client that stays
        Assert.Null(await first.HearAsync());
    }

    [Fact]
    public async Task Hosted_makes_handlers_with_services_and_stops_with_the_host()
    {
        await using var example = await ExampleProcess.StartAsync("hosted", "--Echo:Model=threads");
        using var first = await example.ConnectAsync();
        Assert.Equal("visit 1, line 1: a", await first.AskAsync("a"));
        using var second = await example.ConnectAsync();
        Assert.Equal("visit 2, line 1: b", await second.AskAsync("b")); // a conversation of its own, and the same visits
        Assert.Equal("visit 1, line 2: c", await first.AskAsync("c"));
        first.Dispose();
        second.Dispose();
        await example.StopAsync();
        Assert.Contains("a conversation of 2 lines is over", await example.ErrorsAsync());

        var (code, _, errors) = await ExampleProcess.RunAsync("hosted", "--Echo:Modell=threads");
        Assert.NotEqual(0, code);
        Assert.Contains("Echo:Modell", errors);
    }

    private static string Ask(Socket datagrams, string text)
    {
        var buffer = new byte[1024];
        datagrams.Send(Encoding.UTF8.GetBytes(text));
        return Encoding.UTF8.GetString(buffer, 0, datagrams.Receive(buffer));
    }
}
