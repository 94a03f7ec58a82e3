namespace Argosy.Files.Tests;

public sealed class Crc32CTests
{
    public static TheoryData<byte[], uint> Vectors => new()
    {
        // RFC 3720 appendix B.4 prints the bytes as they are sent, least significant first.
        { new byte[32], 0x8a9136aa },
        { [.. Enumerable.Repeat((byte)0xff, 32)], 0x62a8ab43 },
        { [.. Enumerable.Range(0, 32).Select(value => (byte)value)], 0x46dd794e },
        { [.. Enumerable.Range(0, 32).Select(value => (byte)(31 - value))], 0x113fdb5c },
        {
            Convert.FromHexString("01c000000000000000000000000000001400000000000400000000140000001828000000000000000200000000000000"),
            0xd9963a56
        },
        { "123456789"u8.ToArray(), 0xe3069283 },
        { [], 0 },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void The_published_vectors_hold(byte[] data, uint expected)
    {
        var crc = new Crc32C();
        crc.Append(data);
        Assert.Equal(expected, crc.Value);
    }

    [Fact]
    public void It_does_not_matter_how_the_bytes_are_cut()
    {
        var data = new byte[100_003];
        new Random(1).NextBytes(data);
        var whole = new Crc32C();
        whole.Append(data);
        var parts = new Crc32C();
        var random = new Random(2);
        for (var at = 0; at < data.Length;)
        {
            var count = Math.Min(random.Next(0, 20_000), data.Length - at);
            parts.Append(data.AsSpan(at, count));
            at += count;
        }

        Assert.Equal(Reference(data), whole.Value);
        Assert.Equal(whole.Value, parts.Value);
    }

    /// <summary>Bit by bit, from the reflected polynomial alone.</summary>
    private static uint Reference(byte[] data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var i = 0; i < 8; i++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0x82f63b78);
            }
        }

        return ~crc;
    }
}
