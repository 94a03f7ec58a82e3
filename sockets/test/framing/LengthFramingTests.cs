using System.Buffers.Binary;

namespace Argosy.Sockets.Tests;

public sealed class TwoByteBigEndianTests() : FramingContract(max => new LengthFraming(2, max))
{
    protected override byte[] Encode(byte[] message) => [(byte)(message.Length >> 8), (byte)message.Length, .. message];
}

public sealed class TwoByteLittleEndianTests() : FramingContract(max => new LengthFraming(2, max, littleEndian: true))
{
    protected override byte[] Encode(byte[] message) => [(byte)message.Length, (byte)(message.Length >> 8), .. message];
}

public sealed class FourByteBigEndianTests() : FramingContract(max => new LengthFraming(4, max))
{
    protected override byte[] Encode(byte[] message) =>
        [0, (byte)(message.Length >> 16), (byte)(message.Length >> 8), (byte)message.Length, .. message];
}

public sealed class FourByteLittleEndianTests() : FramingContract(max => new LengthFraming(4, max, littleEndian: true))
{
    protected override byte[] Encode(byte[] message) => [.. BitConverter.GetBytes(message.Length), .. message];
}

public sealed class EightByteBigEndianTests() : FramingContract(max => new LengthFraming(8, max))
{
    protected override byte[] Encode(byte[] message) =>
        [0, 0, 0, 0, 0, (byte)(message.Length >> 16), (byte)(message.Length >> 8), (byte)message.Length, .. message];
}

public sealed class EightByteLittleEndianTests() : FramingContract(max => new LengthFraming(8, max, littleEndian: true))
{
    protected override byte[] Encode(byte[] message) => [.. BitConverter.GetBytes((long)message.Length), .. message];
}

public sealed class LengthFramingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(16)]
    public void A_length_has_1_2_4_or_8_bytes(int width) => Assert.Throws<ArgumentOutOfRangeException>(() => new LengthFraming(width, 10));

    [Theory]
    [InlineData(1, 255)]
    [InlineData(2, 65_535)]
    public void A_length_promises_no_more_than_it_can_count(int width, int most)
    {
        Assert.Equal(most, new LengthFraming(width, 1_000_000).MaxMessage);
        Assert.Equal(100, new LengthFraming(width, 100).MaxMessage);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_byte_counts_to_255(bool littleEndian)
    {
        var connection = new ScriptedConnection([0, 255, .. new byte[255], 2, 7, 8]);
        using var frames = new FramedConnection(connection, new LengthFraming(1, 255, littleEndian));
        foreach (var length in (int[])[0, 255, 2]) Assert.Equal(length, (await frames.ReadAsync())!.Value.Length);
        Assert.Null(await frames.ReadAsync());
        await frames.WriteAsync(new byte[255]);
        Assert.Equal(255, connection.Written.ToArray()[0]);
        await Assert.ThrowsAsync<ArgumentException>(async () => await frames.WriteAsync(new byte[256]));
    }

    [Fact]
    public async Task A_message_beyond_a_cap_that_one_byte_can_announce_is_refused()
    {
        using var frames = new FramedConnection(new ScriptedConnection([101]), new LengthFraming(1, 100));
        Assert.Equal(FramingError.TooLong, (await Assert.ThrowsAsync<FramingException>(async () => await frames.ReadAsync())).Error);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData((1UL << 32) + 1)]
    public async Task A_length_beyond_all_memory_is_refused(ulong length)
    {
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(prefix, length);
        using var frames = new FramedConnection(new ScriptedConnection(prefix), new LengthFraming(8, 1 << 30));
        var error = await Assert.ThrowsAsync<FramingException>(async () => await frames.ReadAsync());
        Assert.Equal(FramingError.TooLong, error.Error);
    }

    [Fact]
    public async Task Nothing_is_allocated_because_a_peer_announced_it()
    {
        var connection = new ScriptedConnection([0x3F, 0xFF, 0xFF, 0xFF, 1, 2, 3]);
        using var frames = new FramedConnection(connection, new LengthFraming(4, 1 << 30));
        await Assert.ThrowsAsync<FramingException>(async () => await frames.ReadAsync());
        Assert.InRange(connection.LargestRoom, 1, 4096);
    }
}
