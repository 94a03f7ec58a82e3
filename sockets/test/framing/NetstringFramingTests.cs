using System.Text;

namespace Argosy.Sockets.Tests;

public sealed class NetstringTests() : FramingContract(max => new NetstringFraming(max))
{
    protected override byte[] Encode(byte[] message) => [.. Encoding.ASCII.GetBytes($"{message.Length}:"), .. message, .. ","u8];
}

public sealed class NetstringFramingTests
{
    [Theory]
    [InlineData("x", FramingError.Malformed)]
    [InlineData(":", FramingError.Malformed)]
    [InlineData("-1:", FramingError.Malformed)]
    [InlineData("3 :abc,", FramingError.Malformed)]
    [InlineData("00:,", FramingError.Malformed)]
    [InlineData("01", FramingError.Malformed)]
    [InlineData("3:abcd", FramingError.Malformed)]
    [InlineData("101", FramingError.TooLong, true)]
    [InlineData("101:", FramingError.TooLong)]
    [InlineData("1000", FramingError.TooLong)]
    [InlineData("99999999999999999999999999999999", FramingError.TooLong)]
    public async Task What_is_no_netstring_is_refused_as_soon_as_that_is_certain(string sent, FramingError error, bool needsMore = false)
    {
        using var frames = new FramedConnection(new ScriptedConnection(Encoding.ASCII.GetBytes(sent)), new NetstringFraming(100));
        var refused = await Assert.ThrowsAsync<FramingException>(async () => await frames.ReadAsync());
        Assert.Equal(needsMore ? FramingError.CutShort : error, refused.Error);
    }

    [Fact]
    public async Task The_examples_of_the_specification_are_understood()
    {
        using var frames = new FramedConnection(new ScriptedConnection("12:hello world!,0:,"u8.ToArray()), new NetstringFraming(12));
        Assert.Equal("hello world!", Encoding.ASCII.GetString((await frames.ReadAsync())!.Value.Span));
        Assert.Equal(0, (await frames.ReadAsync())!.Value.Length);
        Assert.Null(await frames.ReadAsync());
    }
}
