using System.Collections.Concurrent;
using System.Net;

namespace Argosy.Sockets.Tests;

public abstract partial class DatagramContract
{
    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Main), MemberType = typeof(DatagramWire))]
    public async Task A_handlers_exception_reaches_OnError_and_the_next_datagram_is_served(string wire)
    {
        var errors = new ConcurrentQueue<(Exception Error, EndPoint? Sender)>();
        await using var server = Serve(wire, context => context.Length switch
        {
            0 => throw new InvalidOperationException("on purpose"),
            1 => FailLaterAsync(),
            _ => Echo(context),
        });
        server.OnError += (error, sender) => errors.Enqueue((error, sender));
        server.OnError += (_, _) => throw new InvalidOperationException("even this");
        using var client = new DatagramClient(wire);
        await client.SendAsync("", server.LocalEndPoints[0]);
        await client.SendAsync("x", server.LocalEndPoints[0]);
        await client.SendAsync("fine", server.LocalEndPoints[0]);
        Assert.Equal("fine", await client.TextAsync());
        await UntilAsync(() => errors.Count == 2);
        Assert.All(errors, error => Assert.IsType<InvalidOperationException>(error.Error));
        Assert.All(errors, error => Assert.Equal(client.Address.ToString(), error.Sender!.ToString()));
        await UntilAsync(() => server.Counters.Handled == 3);
        Assert.Equal(2, server.Counters.Failed);

        static async ValueTask FailLaterAsync()
        {
            await Task.Delay(1);
            throw new InvalidOperationException("on purpose, later");
        }
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Every), MemberType = typeof(DatagramWire))]
    public async Task Answers_to_those_who_have_left_harm_nobody(string wire)
    {
        // UDP: each is answered by ICMP, port unreachable, which a later call may report. Unix: nobody is at the path.
        await using var server = Serve(wire, Echo);
        for (var i = 0; i < 10; i++)
        {
            using (var gone = new DatagramClient(wire))
            {
                for (var n = 0; n < 5; n++) await gone.SendAsync("are you there", server.LocalEndPoints[0]);
            }

            using var client = new DatagramClient(wire);
            await client.SendAsync($"{i}", server.LocalEndPoints[0]);
            Assert.Equal($"{i}", await client.TextAsync());
        }

        await UntilAsync(() => server.Counters.Handled == 60);
        Assert.Equal(0, server.Counters.Failed);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Every), MemberType = typeof(DatagramWire))]
    public async Task Too_long_an_answer_is_an_error_that_says_so(string wire)
    {
        await using var server = Serve(wire, context =>
            Answer(context, Assert.Throws<ArgumentException>(() => context.Reply(new byte[1_000_000])).Message));
        using var client = new DatagramClient(wire);
        await client.SendAsync("", server.LocalEndPoints[0]);
        Assert.StartsWith("A datagram of 1000000 bytes is too long", await client.TextAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task A_message_to_nobody_is_counted()
    {
        await using var server = Serve("unix", context => Answer(context, $"{context.Send("x"u8, DatagramWire.NewAddress("unix"))}"));
        using var client = new DatagramClient("unix");
        await client.SendAsync("", server.LocalEndPoints[0]);
        Assert.Equal("False", await client.TextAsync());
        Assert.Equal(1, server.Counters.Unsent);
    }
}
