using System.Text;

namespace Argosy.Sockets.Tests;

/// <summary>Receivers of lines and messages, under every model.</summary>
public sealed class ReceiverTests
{
    private const int Limit = 30_000;

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.AllOverEveryWire), MemberType = typeof(Models))]
    public async Task Lines_arrive_whole_however_they_were_cut(string model, string wire)
    {
        await using var server = ProtocolServer.Start(model, () => new Reverser(), wire);
        await using var client = await server.ConnectAsync();
        foreach (var piece in (string[])["a", "b\r", "\ncd\nef\r\n\r", "\n", "dr\u00f6", "hnen\n"]) await client.SendAsync(piece);
        await client.FinishSendingAsync();
        Assert.Equal("ba\r\ndc\r\nfe\r\n\r\nnenh\u00f6rd\r\n", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_line_beyond_the_cap_ends_the_connection_with_that_reason(string model)
    {
        var lost = new TaskCompletionSource<Exception?>();
        await using var server = ProtocolServer.Start(model, () => new Reverser { Lost = lost });
        await using var client = await server.ConnectAsync();
        await client.SendAsync(new string('x', 101));
        Assert.True(await client.IsCutAsync());
        Assert.Equal(FramingError.TooLong, Assert.IsType<FramingException>(await lost.Task).Error);
        Assert.Empty(server.Errors); // the peer's fault, not ours
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_body_comes_raw_between_lines(string model)
    {
        await using var server = ProtocolServer.Start(model, () => new Bodies());
        await using var client = await server.ConnectAsync();
        await client.SendAsync("5\nhe\nlo3\nabc2");
        await client.SendAsync("\n\n\n0\nend\n");
        await client.FinishSendingAsync();
        Assert.Equal("[he\nlo][abc][\n\n][]", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task Lines_already_received_wait_while_delivery_is_paused(string model)
    {
        await using var server = ProtocolServer.Start(model, () => new OneAtATime());
        await using var client = await server.ConnectAsync();
        await client.SendAsync("a\nb\nc\nd\n");
        Assert.Equal("a.b.c.d.", await client.ReceiveTextAsync(8));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task Length_prefixed_messages_arrive_one_by_one_of_every_width(string model)
    {
        foreach (var width in (int[])[1, 2, 4, 8])
        {
            foreach (var little in (bool[])[false, true])
            {
                await using var server = ProtocolServer.Start(model, () => new Doubler(new LengthFraming(width, 1000, little)));
                await using var client = await server.ConnectAsync();
                var stream = new MemoryStream();
                var expected = new MemoryStream();
                foreach (var length in (int[])[0, 1, width == 1 ? 127 : 300, 2])
                {
                    stream.Write(Prefix(width, little, length));
                    stream.Write(new byte[length]);
                    expected.Write(Prefix(width, little, 2 * length));
                    expected.Write(new byte[2 * length]);
                }

                foreach (var piece in stream.ToArray().Chunk(7)) await client.SendAsync(piece);
                await client.FinishSendingAsync();
                Assert.Equal(expected.ToArray(), await client.ReceiveToEndAsync());
            }
        }
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task Netstrings_arrive_one_by_one_and_what_is_none_ends_the_connection(string model)
    {
        await using var server = ProtocolServer.Start(model, () => new Doubler(new NetstringFraming(100)));
        await using var client = await server.ConnectAsync();
        foreach (var piece in (string[])["3:a", "bc,0:,1", ":x,"]) await client.SendAsync(piece);
        Assert.Equal("6:abcabc,0:,2:xx,", await client.ReceiveTextAsync(17));
        await client.SendAsync("3:abcd");
        Assert.True(await client.IsCutAsync());
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task What_was_not_delivered_can_be_taken_back(string model)
    {
        var rest = new TaskCompletionSource<string>();
        await using var server = ProtocolServer.Start(model, () => new Switcher(rest));
        await using var client = await server.ConnectAsync();
        await client.SendAsync("upgrade\nall the rest\nof it");
        Assert.Equal("all the rest\nof it", await rest.Task);
    }

    private static byte[] Prefix(int width, bool little, int length)
    {
        var prefix = BitConverter.GetBytes((long)length)[..width];
        if (!little) Array.Reverse(prefix);
        return prefix;
    }

    private sealed class Reverser() : LineReceiver(maxLine: 100)
    {
        public TaskCompletionSource<Exception?>? Lost { get; init; }

        protected override void LineReceived(string line) => SendLine(new string(line.Reverse().ToArray()));

        protected internal override void ConnectionLost(Exception? reason) => Lost?.SetResult(reason);
    }

    /// <summary>A number in a line, then so many raw bytes, and again.</summary>
    private sealed class Bodies : LineReceiver
    {
        private readonly MemoryStream _body = new();
        private int _length;

        protected override void LineReceived(string line)
        {
            if (line == "end") Transport.LoseConnection();
            else if ((_length = int.Parse(line)) == 0) Finish();
            else SetRawMode();
        }

        protected override void RawDataReceived(ReadOnlySpan<byte> data)
        {
            var mine = Math.Min(data.Length, _length - (int)_body.Length);
            _body.Write(data[..mine]);
            if (_body.Length < _length) return;
            Finish();
            SetMessageMode(data[mine..]);
        }

        private void Finish()
        {
            Transport.Write(Encoding.UTF8.GetBytes($"[{Encoding.UTF8.GetString(_body.ToArray())}]"));
            _body.SetLength(0);
        }
    }

    /// <summary>Thinks about each line for a moment, and takes none meanwhile.</summary>
    private sealed class OneAtATime : LineReceiver
    {
        private bool _isThinking;

        protected override void LineReceived(string line)
        {
            Assert.False(_isThinking);
            _isThinking = true;
            Transport.PauseProducing();
            CallLater(TimeSpan.FromMilliseconds(5), () =>
            {
                _isThinking = false;
                Transport.Write(Encoding.ASCII.GetBytes(line + "."));
                Transport.ResumeProducing();
            });
        }
    }

    private sealed class Doubler(Framing framing) : MessageReceiver(framing)
    {
        protected override void MessageReceived(ReadOnlySpan<byte> message) => SendMessage([.. message, .. message]);
    }

    /// <summary>Understands one line, and gives what came with it to somebody else.</summary>
    private sealed class Switcher(TaskCompletionSource<string> rest) : LineReceiver
    {
        protected override void LineReceived(string line)
        {
            rest.SetResult(Encoding.UTF8.GetString(ClearReceived()));
            Assert.Empty(ClearReceived());
        }
    }
}
