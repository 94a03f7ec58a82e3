using System.Text;

namespace Argosy.Wire.Tests;

/// <summary>The examples of docs/protocol.md section 1.5 are what the encoder writes, to the last space of their comments, and
/// what the decoder reads.</summary>
public sealed class SpecificationExamplesTests
{
    private static readonly byte[] Hello = "hello\n"u8.ToArray();

    [Fact]
    public void A_plain_put_with_an_exact_body()
    {
        var put = Bytes.Encoded(new Request { Command = "put", Id = 1, Path = "hello.txt"u8.ToArray(), Body = Body.Exact(6) });
        var reply = Bytes.Encoded(new Reply { Id = 1, Path = "/hello.txt"u8.ToArray(), Size = 6 });
        var example = new Layout().Frame("client", put).Body(Hello).Frame("server", reply);
        example.AssertIsSpecified(0);
        Assert.Equal(
            """[Header {"cmd":"put","id":1,"path":"hello.txt","body":6}]68656c6c6f0a[BodyEnd]""",
            Transcript.Of(new FrameDecoder<Request>(SealMode.Undecided), example.Bytes[..^reply.Length]));
        Assert.StartsWith("[Header", Transcript.Of(new FrameDecoder<Reply>(SealMode.Absent), reply), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sealed_put_in_chunks_with_a_trailer()
    {
        var put = Bytes.Encoded(new Request { Command = "put", Id = 1, Path = "hello.txt"u8.ToArray(), Body = Body.Chunked }, seal: true);
        var trailer = Bytes.Encoded(new Trailer { Id = 1, Crc32C = Crc32C.Of(Hello) }, seal: true);
        var example = new Layout().Frame("client", put).Chunk(Hello[..4]).Chunk(Hello[4..]).End().Frame("trailer", trailer);
        example.AssertIsSpecified(1);
        var decoder = new FrameDecoder<Request>(SealMode.Undecided);
        Assert.Equal("""[Header {"cmd":"put","id":1,"path":"hello.txt","body":"chunked"}]68656c6c6f0a[Trailer {"id":1,"crc32c":"353dd8be"}]""", Transcript.Of(decoder, example.Bytes));
        Assert.Equal(SealMode.Required, decoder.Seal);
    }

    [Fact]
    public void A_pack_of_two_files_of_which_one_fails()
    {
        PackRecord[] files = [new(PackKind.File, "a"u8.ToArray(), Hello, 1_500_000, 420), new(PackKind.File, "b"u8.ToArray(), default)];
        var failure = new PackRecord(PackKind.Failure, "exists"u8.ToArray(), "/b: already exists."u8.ToArray(), Number: 1);
        var pack = Bytes.Encoded(new Request { Command = "pack", Id = 3, Overwrite = false, Body = Body.Exact(files.Sum(file => file.Length)) });
        var sum = Crc32C.Of(new Layout().Record(failure).Bytes);
        var reply = Bytes.Encoded(new Reply { Id = 3, Files = 1, Body = Body.Exact(failure.Length), Crc32C = sum });
        new Layout().Frame("client", pack).Record(files[0]).Record(files[1]).Frame("server", reply).Record(failure).AssertIsSpecified(0, "## 7.");
    }

    [Fact]
    public void An_abandoned_put()
    {
        var put = Bytes.Encoded(new Request { Command = "put", Id = 2, Path = "a"u8.ToArray(), Body = Body.Chunked });
        var reply = Bytes.Encoded(Reply.Refusal(2, WireError.Abandoned, "Nothing of it was kept."));
        var example = new Layout().Frame("client", put).Chunk(Hello[..3]).Abandon().Frame("server", reply);
        example.AssertIsSpecified(2);
        Assert.Equal("""[Header {"cmd":"put","id":2,"path":"a","body":"chunked"}]68656c[Abandoned]""", Transcript.Of(new FrameDecoder<Request>(SealMode.Undecided), example.Bytes[..^reply.Length]));
    }

    private sealed class Layout
    {
        private const int PerLine = 16;
        private readonly List<string> _lines = [];
        private readonly List<byte> _bytes = [];

        internal byte[] Bytes => [.. _bytes];

        internal Layout Frame(string who, byte[] frame) =>
            Line(frame.AsSpan(0, 4), $"{who}: a header of {frame.Length - 4} bytes").Text(frame.AsSpan(4));

        internal Layout Body(byte[] content) => Line(content, "the body");

        internal Layout Chunk(byte[] content) => Line(BitConverter.GetBytes(content.Length), $"a chunk of {content.Length}").Text(content);

        internal Layout End() => Line([0, 0, 0, 0], "the end");

        internal Layout Abandon() => Line([0xff, 0xff, 0xff, 0xff], "abandoned");

        internal Layout Record(PackRecord record)
        {
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            record.WriteTo(output);
            var bytes = output.WrittenSpan;
            Line(bytes[..4], "a record: its sum").Line(bytes[4..8], $"{record.Content.Length} bytes of content");
            Line(bytes[8..16], record.Kind == PackKind.File ? "mtime" : $"about file {record.Number}");
            Line(bytes[16..18], record.Kind == PackKind.File ? "mode" : "a failure").Line(bytes[18..20], $"{record.Name.Length} bytes of name");
            return Text(record.Name.Span).Text(record.Content.Span);
        }

        internal void AssertIsSpecified(int index, string section = "### 1.5")
        {
            var blocks = Specification.Blocks(Specification.Section(section), "hex");
            Assert.Equal(string.Join('\n', _lines), blocks[index]);
            Assert.Equal(Bytes, Tests.Bytes.OfHex(blocks[index]));
        }

        private Layout Text(ReadOnlySpan<byte> text)
        {
            for (; text.Length > 0; text = text[Math.Min(PerLine, text.Length)..])
            {
                var line = text[..Math.Min(PerLine, text.Length)];
                Line(line, Encoding.ASCII.GetString(line).Replace('\n', '.'));
            }

            return this;
        }

        private Layout Line(ReadOnlySpan<byte> bytes, string comment)
        {
            _bytes.AddRange(bytes);
            var pairs = string.Join(' ', Convert.ToHexStringLower(bytes).Chunk(2).Select(pair => new string(pair)));
            _lines.Add($"{pairs.PadRight((3 * PerLine) - 1)}  {comment.TrimEnd()}");
            return this;
        }
    }
}
