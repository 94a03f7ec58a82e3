using FsCheck;
using FsCheck.Fluent;

namespace Argosy.Sockets.Tests;

/// <summary>What every framing promises. A framing joins with a class of a few lines.</summary>
public abstract class FramingContract(Func<int, Framing> framingOf)
{
    private const int Limit = 30_000;
    private const int MaxMessage = 200_000;

    private static readonly byte[] Alphabet = "ab\r\n|-"u8.ToArray();

    private readonly Framing _framing = framingOf(MaxMessage);

    /// <summary>What the message is on the wire, written out by hand.</summary>
    protected abstract byte[] Encode(byte[] message);

    /// <summary>Whether the framing can carry the message at all.</summary>
    protected virtual bool CanCarry(byte[] message) => true;

    [Fact]
    public void Any_segmentation_yields_the_same_messages() => Prop
        .ForAll(Messages.ToArbitrary(), Cuts.ToArbitrary(), (messages, cuts) =>
        {
            var stream = messages.SelectMany(Encode).ToArray();
            Same(messages, ReadAll(new ScriptedConnection(Cut(stream, cuts))));
        })
        .Check(Config.QuickThrowOnFailure.WithReplay(11, 3).WithMaxTest(300));

    [Fact]
    public void What_is_written_is_what_the_layout_says_in_one_write() => Prop
        .ForAll(Messages.ToArbitrary(), messages =>
        {
            var connection = new ScriptedConnection();
            using var frames = new FramedConnection(connection, _framing);
            foreach (var message in messages) Completed(frames.WriteAsync(message));
            Assert.Equal(messages.SelectMany(Encode), connection.Written.ToArray());
            Assert.Equal(messages.Length, connection.Writes);
        })
        .Check(Config.QuickThrowOnFailure.WithReplay(12, 3));

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(4096)]
    public void The_longest_message_passes_and_one_byte_more_is_refused_without_room_for_it(int max)
    {
        var framing = framingOf(max);
        var longest = Text(max);
        Same([longest], ReadAll(new ScriptedConnection(Encode(longest)), framing));
        foreach (var length in (int[])[max + 1, max + 2, 60_000])
        {
            foreach (var size in (int[])[1, 7, 100_000])
            {
                var connection = new ScriptedConnection(Encode(Text(length)).Chunk(size));
                Assert.Equal(FramingError.TooLong, Assert.Throws<FramingException>(() => ReadAll(connection, framing)).Error);
                Assert.InRange(connection.LargestRoom, 1, Math.Max(4096, 4 * max));
            }
        }

        using var frames = new FramedConnection(new ScriptedConnection(), framing);
        Assert.Throws<ArgumentException>(() => Completed(frames.WriteAsync(Text(max + 1))));
    }

    [Fact]
    public void Room_grows_with_what_has_arrived_and_shrinks_again()
    {
        using var buffer = new FrameBuffer(_framing);
        var (large, small) = (Encode(Text(60_000)), Encode(Text(10)));
        for (var i = 0; i < large.Length; i += 1000)
        {
            Assert.False(buffer.TryTake(out _));
            buffer.Append(large.AsSpan(i, Math.Min(1000, large.Length - i)));
            Assert.InRange(buffer.Capacity, 1, Math.Max(4096, 4 * (i + 1000)));
        }

        Assert.True(buffer.TryTake(out _));
        buffer.Append(small);
        Assert.True(buffer.TryTake(out _));
        Assert.Equal(4096, buffer.Capacity);
    }

    [Fact]
    public void A_stream_that_ends_within_a_message_was_cut_short()
    {
        var whole = Encode(Text(20));
        for (var length = 1; length < whole.Length; length++)
        {
            var error = Assert.Throws<FramingException>(() => ReadAll(new ScriptedConnection(whole[..length])));
            Assert.Equal(FramingError.CutShort, error.Error);
        }
    }

    [Fact]
    public void What_follows_the_last_message_stays_in_the_connection()
    {
        var connection = new ScriptedConnection([.. Encode(Text(3)), .. "and so on"u8]);
        using (var frames = new FramedConnection(connection, _framing)) Assert.Equal(Text(3), Completed(frames.ReadAsync())!.Value.ToArray());
        Assert.Equal("and so on"u8, connection.PutBack);
    }

    [Fact]
    public void A_message_that_would_end_too_early_is_not_sent() => Prop
        .ForAll(Message.ToArbitrary(), message =>
        {
            var connection = new ScriptedConnection();
            using var frames = new FramedConnection(connection, _framing);
            if (CanCarry(message)) Completed(frames.WriteAsync(message));
            else Assert.Throws<ArgumentException>(() => Completed(frames.WriteAsync(message)));
        })
        .Check(Config.QuickThrowOnFailure.WithReplay(13, 3).WithMaxTest(500));

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task Messages_arrive_one_by_one_under_every_model(string model)
    {
        await using var server = TestServer.Start(model, "tcp4", async (_, connection) =>
        {
            using var frames = new FramedConnection(connection, _framing);
            while (await frames.ReadAsync() is { } message) await frames.WriteAsync(message);
        });
        await using var client = await server.ConnectAsync();
        var random = new Random(5);
        byte[][] messages = [[], .. Enumerable.Range(0, 60).Select(i => Text(random.Next(i * 20))), Text(65_535), Text(1)];
        var stream = messages.SelectMany(Encode).ToArray();
        var sending = Task.Run(async () =>
        {
            foreach (var segment in Cut(stream, [.. Enumerable.Range(0, 200).Select(_ => random.Next(1, 400))]))
                await client.SendAsync(segment);
            await client.FinishSendingAsync();
        });
        Assert.Equal(stream, await client.ReceiveToEndAsync());
        await sending;
        Assert.Empty(server.Errors);
    }

    /// <summary>Short ones of the bytes that matter to a framing, and some that fill a buffer.</summary>
    private static Gen<byte[]> Message =>
        Gen.Frequency((4, Gen.Elements(Alphabet).ArrayOf()), (1, Gen.Choose(0, 9000).Select(Text)));

    private Gen<byte[][]> Messages => Message.Where(CanCarry).ArrayOf().Resize(12);

    private static Gen<int[]> Cuts => Gen.OneOf(Gen.Choose(1, 3), Gen.Choose(1, 6000)).ArrayOf();

    /// <summary>Segments of the given lengths; what is left over is the last.</summary>
    private static IEnumerable<byte[]> Cut(byte[] stream, int[] lengths)
    {
        var start = 0;
        foreach (var length in lengths)
        {
            var count = Math.Min(length, stream.Length - start);
            if (count == 0) yield break;
            yield return stream[start..(start + count)];
            start += count;
        }

        yield return stream[start..];
    }

    private List<byte[]> ReadAll(ScriptedConnection connection, Framing? framing = null)
    {
        using var frames = new FramedConnection(connection, framing ?? _framing);
        var messages = new List<byte[]>();
        while (Completed(frames.ReadAsync()) is { } message) messages.Add(message.ToArray());
        return messages;
    }

    private static void Same(IReadOnlyList<byte[]> expected, List<byte[]> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++) Assert.Equal(expected[i], actual[i]);
    }

    private static byte[] Text(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)('a' + (i % 26)))];

    private static T Completed<T>(ValueTask<T> task)
    {
        Assert.True(task.IsCompleted);
        return task.GetAwaiter().GetResult();
    }

    private static void Completed(ValueTask task)
    {
        Assert.True(task.IsCompleted);
        task.GetAwaiter().GetResult();
    }
}
