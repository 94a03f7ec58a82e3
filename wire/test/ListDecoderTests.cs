using System.Buffers;
using System.Text;

namespace Argosy.Wire.Tests;

public sealed class ListDecoderTests
{
    [Fact]
    public void Every_field_comes_back()
    {
        var sent = new ListLine
        {
            Name = [0xfe, 0x0a],
            Upload = "u",
            Path = "p\n"u8.ToArray(),
            Type = EntryType.Folder,
            Size = 1,
            Received = 2,
            MTime = -3,
            Mode = 4,
            Target = "t"u8.ToArray(),
        };
        var back = Assert.Single(Decode(Encode(sent), int.MaxValue));
        foreach (var property in typeof(ListLine).GetProperties())
            Assert.Equal(property.GetValue(sent), property.GetValue(back));
    }

    [Fact]
    public void A_line_is_an_object_and_one_newline() =>
        Assert.Equal("{\"name\":\"a\\nb\",\"type\":\"file\",\"size\":3}\n", Encoding.UTF8.GetString(Encode(new ListLine { Name = "a\nb"u8.ToArray(), Type = EntryType.File, Size = 3 })));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100)]
    public void Lines_decode_the_same_in_any_pieces(int piece)
    {
        var body = Enumerable.Range(0, 50).SelectMany(i => Encode(new ListLine { Name = Encoding.UTF8.GetBytes($"näme {i}"), Size = i })).ToArray();
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"näme {i}"), Decode(body, piece).Select(line => Encoding.UTF8.GetString(line.Name!)));
    }

    [Fact]
    public void A_line_that_is_cut_is_not_at_its_start()
    {
        var decoder = new ListDecoder();
        Assert.Null(decoder.Read("{\"name\":"u8, out var consumed));
        Assert.Equal(8, consumed);
        Assert.False(decoder.IsAtLineStart);
        Assert.NotNull(decoder.Read("\"a\"}\n{"u8, out consumed));
        Assert.Equal(5, consumed);
        Assert.True(decoder.IsAtLineStart);
        Assert.Equal(1, decoder.Count);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("[]\n")]
    [InlineData("{\"name\":\"a\"\n}\n")]
    [InlineData("{\"name\":\"a\",\"name\":\"b\"}\n")]
    [InlineData("{\"name\":1}\n")]
    [InlineData("{\"name\":\"a\",\"size\":1.5}\n")]
    [InlineData("{\"name\":\"a\",\"name_b64\":\"YQ==\"}\n")]
    [InlineData("{\"name\":\"a\",\"sum\":\"00000000\"}\n")]
    public void A_line_of_a_wrong_form_is_refused(string line)
    {
        var error = Assert.Throws<WireException>(() => Decode(Encoding.UTF8.GetBytes(line), 5)).Error;
        Assert.True(error is WireError.BadFrame or WireError.Damaged);
    }

    [Fact]
    public void An_endless_line_is_refused_at_the_cap()
    {
        var decoder = new ListDecoder();
        var part = new byte[Limits.Header / 2];
        decoder.Read(part, out _);
        decoder.Read(part, out _);
        Assert.Equal(WireError.TooLarge, Assert.Throws<WireException>(() => decoder.Read([1], out _)).Error);
    }

    private static byte[] Encode(ListLine line)
    {
        var output = new ArrayBufferWriter<byte>();
        line.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    private static List<ListLine> Decode(byte[] body, int piece)
    {
        var decoder = new ListDecoder();
        var lines = new List<ListLine>();
        for (int at = 0, end = 0; end < body.Length;)
        {
            end = (int)Math.Min(body.Length, (long)end + piece);
            while (at < end)
            {
                if (decoder.Read(body.AsSpan(at, end - at), out var consumed) is { } line)
                    lines.Add(line);
                at += consumed;
            }
        }

        Assert.True(decoder.IsAtLineStart);
        Assert.Equal(lines.Count, decoder.Count);
        return lines;
    }
}
