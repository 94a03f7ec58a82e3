namespace Argosy.Wire.Tests;

public sealed class TransportDetectorTests
{
    [Theory]
    [InlineData("160301")]
    [InlineData("160302")]
    [InlineData("160303")]
    [InlineData("160304")]
    [InlineData("1603010200")]
    public void A_handshake_record_is_TLS(string first) => Assert.True(TransportDetector.IsTls(Convert.FromHexString(first)));

    [Theory]
    [InlineData("160300")] // SSL 3.0
    [InlineData("160305")]
    [InlineData("160201")]
    [InlineData("150301")] // an alert
    [InlineData("474554")] // GET
    public void Anything_else_is_plain(string first) => Assert.False(TransportDetector.IsTls(Convert.FromHexString(first)));

    [Fact]
    public void No_first_header_below_its_cap_looks_like_TLS()
    {
        for (var length = 0; length <= Limits.HeaderBeforeLogin; length++)
            Assert.False(TransportDetector.IsTls(BitConverter.GetBytes(length)));
    }

    [Theory]
    [InlineData(22, "16 00 00 00")]
    [InlineData(278, "16 01 00 00")]
    [InlineData(534, "16 02 00 00")]
    [InlineData(790, "16 03 00 00")]
    public void Plain_headers_of_these_lengths_begin_like_TLS_and_are_not(int length, string prefix)
    {
        var frame = Bytes.Encoded(new Request { Command = "ping", Client = length == 22 ? null : new string('x', length - 26), Id = length == 22 ? 10 : null });
        Assert.Equal(Bytes.OfHex(prefix), frame[..4]);
        Assert.False(TransportDetector.IsTls(frame));
        Assert.Equal(FrameItem.Header, new FrameDecoder<Request>(SealMode.Undecided).Read(frame, out _));
    }

    [Fact]
    public void Fewer_than_three_bytes_cannot_be_judged() => Assert.Throws<ArgumentException>(() => TransportDetector.IsTls([0x16, 0x03]));
}
