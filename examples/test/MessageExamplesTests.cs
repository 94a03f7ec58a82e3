using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Argosy.Examples.Tests;

/// <summary>The examples about messages in a stream.</summary>
public class MessageExamplesTests
{
    [Fact]
    public async Task Sticky_shows_both_causes()
    {
        var (code, output, _) = await ExampleProcess.RunAsync("sticky");
        Assert.Equal(0, code);
        Assert.Equal(
            [
                "sender: sent 'first' 'second'; a receive that comes late: 'firstsecond'",
                "receiver: sent 'first' 'second'; receives with a buffer of 4: 'firs' 'tsec' 'ond'",
            ],
            output);
    }

    [Fact]
    public async Task Sticky_cures_handshake_keeps_messages_apart_by_waiting_for_the_peer()
    {
        await using var example = await ExampleProcess.StartAsync(3, "sticky-cures");
        using var client = await LineClient.ConnectAsync(example.AddressOf("handshake"));
        foreach (var expected in new[] { "first", "second" })
        {
            var length = int.Parse(Encoding.UTF8.GetString(await client.ReadExactlyAsync(1)));
            Assert.False(client.HasSomethingToRead); // it waits for "ready"
            await client.SayAsync("ready");
            Assert.Equal(expected, Encoding.UTF8.GetString(await client.ReadExactlyAsync(length)));
            Assert.False(client.HasSomethingToRead);
            await client.SayAsync("got it");
        }

        Assert.Null(await client.HearAsync());
        await example.StopAsync();
    }

    [Fact]
    public async Task Sticky_cures_length_and_header_keep_messages_apart_though_they_arrive_together()
    {
        await using var example = await ExampleProcess.StartAsync(3, "sticky-cures");
        using var lengths = await LineClient.ConnectAsync(example.AddressOf("length"));
        using var headers = await LineClient.ConnectAsync(example.AddressOf("json"));
        foreach (var (index, expected) in new[] { "first", "second" }.Index())
        {
            Assert.Equal(expected, Encoding.UTF8.GetString(await ReadWithLengthAsync(lengths)));
            var header = JsonDocument.Parse(await ReadWithLengthAsync(headers)).RootElement;
            Assert.Equal(index + 1, header.GetProperty("number").GetInt32());
            Assert.Equal(expected, Encoding.UTF8.GetString(await headers.ReadExactlyAsync(header.GetProperty("size").GetInt32())));
        }

        Assert.Null(await lengths.HearAsync());
        Assert.Null(await headers.HearAsync());
        await example.StopAsync();
    }

    [Fact]
    public async Task Events_reach_whoever_registered_in_that_order()
    {
        await using var example = await ExampleProcess.StartAsync("events");
        using var client = await example.ConnectAsync();
        Assert.Equal("nobody listens to 'leave'", await client.AskAsync("leave ann"));
        Assert.Equal("this is your first guest, ann", await client.AskAsync("join ann"));
        Assert.Equal("hello ann", await client.HearAsync());
        Assert.Equal("1 have joined", await client.HearAsync());
        Assert.Equal("hello bob", await client.AskAsync("join bob")); // the first-guest handler was for once
        Assert.Equal("2 have joined", await client.HearAsync());
        Assert.Equal("ANYTHING AT ALL", await client.AskAsync("say anything at all"));
        client.Dispose();
        await example.StopAsync();
    }

    private static async Task<byte[]> ReadWithLengthAsync(LineClient client) =>
        await client.ReadExactlyAsync(BinaryPrimitives.ReadInt32BigEndian(await client.ReadExactlyAsync(4)));
}
