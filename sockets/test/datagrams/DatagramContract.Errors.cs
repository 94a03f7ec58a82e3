namespace Argosy.Sockets.Tests;

public abstract partial class DatagramContract
{
    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Main), MemberType = typeof(DatagramWire))]
    public async Task A_handlers_exception_reaches_OnError_and_the_next_datagram_is_served(string wire)
    {
        await using var server = Serve(wire, static (context, scene) => context.Length switch
        {
            0 => throw new InvalidOperationException("on purpose"),
            1 => FailLaterAsync(),
            _ => Echo(context, scene),
        });
        server.Server.OnError += (_, _) => throw new InvalidOperationException("even this");
        using var client = new DatagramClient(wire);
        await client.SendAsync("", server.Address);
        await client.SendAsync("x", server.Address);
        await client.SendAsync("fine", server.Address);
        Assert.Equal("fine", await client.TextAsync());
        await UntilAsync(() => server.Errors.Count == 2);
        Assert.All(server.Errors, error => Assert.Equal(typeof(InvalidOperationException).FullName, TypeOf(error.Error)));
        Assert.All(server.Errors, error => Assert.Equal(client.Address.ToString(), error.Sender!.ToString()));
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
                for (var n = 0; n < 5; n++) await gone.SendAsync("are you there", server.Address);
            }

            using var client = new DatagramClient(wire);
            await client.SendAsync($"{i}", server.Address);
            Assert.Equal($"{i}", await client.TextAsync());
        }

        await UntilAsync(() => server.Counters.Handled == 60);
        Assert.Equal(0, server.Counters.Failed);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Every), MemberType = typeof(DatagramWire))]
    public async Task Too_long_an_answer_is_an_error_that_says_so(string wire)
    {
        await using var server = Serve(wire, static (context, _) =>
        {
            try
            {
                context.Reply(new byte[1_000_000]);
                return Answer(context, "it went");
            }
            catch (ArgumentException e)
            {
                return Answer(context, e.Message);
            }
        });
        using var client = new DatagramClient(wire);
        await client.SendAsync("", server.Address);
        Assert.StartsWith("A datagram of 1000000 bytes is too long", await client.TextAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task A_message_to_nobody_is_counted()
    {
        await using var server = Serve(
            "unix", static (context, scene) => Answer(context, $"{context.Send("x"u8, scene.Address("nobody"))}"), null, ("nobody", DatagramWire.NewAddress("unix")));
        using var client = new DatagramClient("unix");
        await client.SendAsync("", server.Address);
        Assert.Equal("False", await client.TextAsync());
        await UntilAsync(() => server.Counters.Handled == 1);
        Assert.Equal(1, server.Counters.Unsent);
    }
}
