using FsCheck;
using FsCheck.Fluent;

namespace Argosy.Server.Tests;

public class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("123", 123)]
    [InlineData("1K", 1024)]
    [InlineData("1k", 1024)]
    [InlineData("500M", 500L << 20)]
    [InlineData("10GB", 10L << 30)]
    [InlineData("10GiB", 10L << 30)]
    [InlineData("1.5G", 3L << 29)]
    [InlineData(" 2 T ", 2L << 40)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Sizes_are_powers_of_1024(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("-1")]
    [InlineData("1X")]
    [InlineData("1e3")]
    [InlineData("1,5G")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999999999999T")]
    [InlineData("1000000000000000000000000000T")]
    public void Anything_else_is_refused(string text) => Assert.Throws<FormatException>(() => ByteSize.Parse(text));

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1023, "1023 bytes")]
    [InlineData(1024, "1K")]
    [InlineData(1536, "1.5K")]
    [InlineData(10L << 30, "10G")]
    public void Sizes_are_shown_short(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));

    [Fact]
    public void Every_number_of_bytes_reads_back() => Prop
        .ForAll<NonNegativeInt>(n => ByteSize.Parse(n.Get.ToString(System.Globalization.CultureInfo.InvariantCulture)) == n.Get)
        .Check(Config.QuickThrowOnFailure.WithReplay(1, 1));
}
