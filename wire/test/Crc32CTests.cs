namespace Argosy.Wire.Tests;

public sealed class Crc32CTests
{
    // RFC 3720 appendix B.4 lists the sums' bytes in the order in which they are sent, least significant first.
    public static TheoryData<string, byte[]> Rfc3720 => new()
    {
        { "8a9136aa", new byte[32] },
        { "62a8ab43", [.. Enumerable.Repeat((byte)0xff, 32)] },
        { "46dd794e", [.. Enumerable.Range(0, 32).Select(i => (byte)i)] },
        { "113fdb5c", [.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))] },
        {
            "d9963a56", Convert.FromHexString(
                "01c000000000000000000000000000001400000000000400000000140000001828000000000000000200000000000000")
        },
    };

    [Theory]
    [MemberData(nameof(Rfc3720))]
    public void The_sums_of_RFC_3720_come_out(string sum, byte[] bytes) => Assert.Equal(BytesOf(sum), Crc32C.Of(bytes));

    [Fact]
    public void Nothing_sums_to_zero() => Assert.Equal(0u, default(Crc32C).Value);

    [Fact]
    public void Long_inputs_sum_as_their_bytes_one_by_one()
    {
        var random = new Random(1);
        foreach (var length in (int[])[1, 7, 8, 6143, 6144, 6145, 12_288, 20_000, 100_001])
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            Crc32C single = default;
            foreach (var value in bytes)
                single.Append([value]);
            Assert.Equal(single.Value, Crc32C.Of(bytes));
        }
    }

    [Fact]
    public void Pieces_sum_as_the_whole()
    {
        var random = new Random(2);
        var bytes = new byte[50_000];
        random.NextBytes(bytes);
        for (var round = 0; round < 50; round++)
        {
            Crc32C pieces = default;
            for (var at = 0; at < bytes.Length;)
            {
                var take = Math.Min(random.Next(0, 15_000), bytes.Length - at);
                pieces.Append(bytes.AsSpan(at, take));
                at += take;
            }

            Assert.Equal(Crc32C.Of(bytes), pieces.Value);
        }
    }

    private static uint BytesOf(string sum) => BitConverter.ToUInt32([.. Convert.FromHexString(sum).Reverse()]);
}
