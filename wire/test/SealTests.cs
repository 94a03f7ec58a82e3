namespace Argosy.Wire.Tests;

public sealed class SealTests
{
    private const string Ping = "\"cmd\":\"ping\",\"id\":1";

    [Fact]
    public void A_seal_is_the_last_17_bytes()
    {
        var stream = Bytes.OfHex(
            """
            1f 00 00 00                                         length 31
            7b 22 63 6d 64 22 3a 22 70 69 6e 67 22 2c           {"cmd":"ping",
            22 73 75 6d 22 3a 22 34 33 31 37 62 31 66 30 22 7d  "sum":"4317b1f0"}: the CRC-32C of 1f 00 00 00 and the line above
            """);
        Assert.Equal(0x4317b1f0u, Crc32C.Of(stream.AsSpan(0, 4 + 14)));
        Assert.Equal(stream, Bytes.Encoded(new Request { Command = "ping" }, seal: true));
        var decoder = new FrameDecoder<Request>(SealMode.Undecided);
        Assert.Equal("""[Header {"cmd":"ping"}]""", Transcript.Of(decoder, stream));
        Assert.Equal(SealMode.Required, decoder.Seal);
    }

    [Fact]
    public void An_object_without_other_members_can_be_sealed() =>
        Assert.Equal(Bytes.SealedFrame(""), Bytes.Encoded(new Trailer(), seal: true));

    [Fact]
    public void Every_flipped_bit_of_a_sealed_frame_is_noticed()
    {
        var frame = Bytes.SealedFrame(Ping);
        byte[] rest = [.. frame, .. frame];
        for (var bit = 0; bit < frame.Length * 8; bit++)
        {
            byte[] stream = [.. frame, .. rest];
            stream[frame.Length + (bit / 8)] ^= (byte)(1 << (bit % 8));
            var log = Transcript.Of(new FrameDecoder<Request>(SealMode.Undecided), stream);
            // A longer length waits for bytes that never come; everything else is refused.
            Assert.True(log == "[Header {\"cmd\":\"ping\",\"id\":1}]" || log.Contains('!', StringComparison.Ordinal), $"bit {bit}: {log}");
        }
    }

    [Fact]
    public void A_flipped_bit_of_the_first_frame_is_noticed_there_or_at_the_second()
    {
        var frame = Bytes.SealedFrame(Ping);
        for (var bit = 0; bit < frame.Length * 8; bit++)
        {
            byte[] stream = [.. frame, .. frame, .. frame];
            stream[bit / 8] ^= (byte)(1 << (bit % 8));
            var log = Transcript.Of(new FrameDecoder<Request>(SealMode.Undecided), stream);
            var first = log.StartsWith("[Header {\"cmd\":\"ping\",\"id\":1}]", StringComparison.Ordinal);
            Assert.True(log.Length == 0 || log[0] == '!' || (first && log.EndsWith("]!damaged", StringComparison.Ordinal)), $"bit {bit}: {log}");
        }
    }

    [Fact]
    public void After_a_sealed_frame_an_unsealed_one_is_damaged() =>
        AssertDamagedAtTheEnd([.. Bytes.SealedFrame(Ping), .. Bytes.Frame($"{{{Ping}}}")]);

    [Fact]
    public void After_an_unsealed_frame_a_sealed_one_is_damaged() =>
        AssertDamagedAtTheEnd([.. Bytes.Frame($"{{{Ping}}}"), .. Bytes.SealedFrame(Ping)]);

    [Fact]
    public void A_trailer_has_to_be_sealed_too() =>
        AssertDamagedAtTheEnd([.. Bytes.SealedFrame("\"cmd\":\"put\",\"body\":\"chunked\""), 0, 0, 0, 0, .. Bytes.Frame("{}")]);

    [Theory]
    [InlineData("""{"sum":"4317b1f0","cmd":"ping"}""")]
    [InlineData("""{"cmd":"ping","sum":"4317B1F0"}""")] // upper case
    [InlineData("""{"cmd":"ping","sum": "4317b1f0"}""")]
    [InlineData("""{"cmd":"ping","sum":"4317b1f0" }""")]
    [InlineData("""{"cmd":"ping","sum":4317}""")]
    [InlineData("""{"cmd":"ping","sum":"4317b1f1"}""")] // the form is right, the digits are not
    [InlineData("""{"cmd":"ping","\u0073um":"4317b1f0"}""")]
    public void The_key_sum_is_a_seal_or_damaged(string header) => AssertDamagedAtTheEnd(Bytes.Frame(header));

    [Fact]
    public void A_seal_of_the_right_form_and_sum_but_without_its_key_is_damaged() =>
        AssertDamagedAtTheEnd(SealedAs("""{"cmd":"ping","x\"sum":"00000000"}"""));

    [Fact]
    public void A_seal_is_checked_before_the_JSON_is_read() => AssertDamagedAtTheEnd(Bytes.Frame("""]]]"sum":"00000000"}"""));

    [Fact]
    public void A_client_demands_what_it_sends()
    {
        byte[] unsealed = Bytes.Frame("""{"id":1,"status":"ok"}"""), withSeal = Bytes.SealedFrame("\"id\":1,\"status\":\"ok\"");
        Assert.Equal("!damaged", Transcript.Of(new FrameDecoder<Reply>(SealMode.Required), unsealed));
        Assert.Equal("!damaged", Transcript.Of(new FrameDecoder<Reply>(SealMode.Absent), withSeal));
        Assert.StartsWith("[Header", Transcript.Of(new FrameDecoder<Reply>(SealMode.Required), withSeal), StringComparison.Ordinal);
        Assert.StartsWith("[Header", Transcript.Of(new FrameDecoder<Reply>(SealMode.Absent), unsealed), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_will_not_talk_may_say_so_unsealed_but_only_first()
    {
        var word = Bytes.Frame("""{"status":"error","error":"busy","message":"later"}""");
        Assert.StartsWith("[Header", Transcript.Of(new FrameDecoder<Reply>(SealMode.Required), word), StringComparison.Ordinal);
        Assert.EndsWith("]!damaged", Transcript.Of(new FrameDecoder<Reply>(SealMode.Required), [.. word, .. word]), StringComparison.Ordinal);
        var late = Transcript.Of(new FrameDecoder<Reply>(SealMode.Required), [.. Bytes.SealedFrame("\"status\":\"ok\""), .. word]);
        Assert.EndsWith("]!damaged", late, StringComparison.Ordinal);
        var numbered = Bytes.Frame("""{"id":1,"status":"error","error":"busy"}""");
        Assert.Equal("!damaged", Transcript.Of(new FrameDecoder<Reply>(SealMode.Required), numbered));
    }

    private static void AssertDamagedAtTheEnd(byte[] stream) =>
        Assert.EndsWith("!damaged", Transcript.Of(new FrameDecoder<Request>(SealMode.Undecided), stream), StringComparison.Ordinal);

    private static byte[] SealedAs(string header)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(header);
        Seal.Put(bytes);
        return Bytes.Frame(bytes);
    }
}
