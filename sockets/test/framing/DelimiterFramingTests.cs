using System.Text;

namespace Argosy.Sockets.Tests;

public sealed class OneByteDelimiterTests() : FramingContract(max => new DelimiterFraming("|"u8, max))
{
    protected override byte[] Encode(byte[] message) => [.. message, .. "|"u8];

    protected override bool CanCarry(byte[] message) => !message.Contains((byte)'|');
}

/// <summary>A delimiter that overlaps itself: "-" before it would end the message a byte early.</summary>
public sealed class RepeatedDelimiterTests() : FramingContract(max => new DelimiterFraming("--"u8, max))
{
    protected override byte[] Encode(byte[] message) => [.. message, .. "--"u8];

    protected override bool CanCarry(byte[] message) => !message.AsSpan().EndsWith("-"u8) && message.AsSpan().IndexOf("--"u8) < 0;
}

public sealed class LongDelimiterTests() : FramingContract(max => new DelimiterFraming("\r\n|\r\n"u8, max))
{
    protected override byte[] Encode(byte[] message) => [.. message, .. "\r\n|\r\n"u8];

    protected override bool CanCarry(byte[] message) =>
        message.AsSpan().IndexOf("\r\n|\r\n"u8) < 0 && !message.AsSpan().EndsWith("\r\n|"u8);
}

public sealed class CrLfLineTests() : FramingContract(max => new LineFraming(max))
{
    protected override byte[] Encode(byte[] message) => [.. message, .. "\r\n"u8];

    protected override bool CanCarry(byte[] message) => !message.Contains((byte)'\n') && !message.AsSpan().EndsWith("\r"u8);
}

public sealed class LfLineTests() : FramingContract(max => new LineFraming(max, LineEnding.Lf))
{
    protected override byte[] Encode(byte[] message) => [.. message, .. "\n"u8];

    protected override bool CanCarry(byte[] message) => !message.Contains((byte)'\n') && !message.AsSpan().EndsWith("\r"u8);
}

public sealed class DelimiterFramingTests
{
    [Fact]
    public void A_delimiter_is_not_empty() => Assert.Throws<ArgumentException>(() => new DelimiterFraming([], 10));

    [Fact]
    public async Task Lines_of_every_system_are_understood()
    {
        using var frames = new FramedConnection(new ScriptedConnection("a\r\nb\n\r\n\n"u8.ToArray()), new LineFraming(10));
        foreach (var line in (string[])["a", "b", "", ""])
            Assert.Equal(line, Encoding.ASCII.GetString((await frames.ReadAsync())!.Value.Span));
        Assert.Null(await frames.ReadAsync());
    }
}
