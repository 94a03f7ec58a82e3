namespace Argosy.Wire.Tests;

public sealed class FrameDecoderTests
{
    private static FrameDecoder<Request> Decoder => new(SealMode.Undecided);

    [Fact]
    public void A_header_is_its_length_and_so_many_bytes_of_JSON()
    {
        var stream = Bytes.OfHex(
            """
            0e 00 00 00                                length 14, little-endian
            7b 22 63 6d 64 22 3a 22 70 69 6e 67 22 7d  {"cmd":"ping"}
            """);
        Assert.Equal("[Header {\"cmd\":\"ping\"}]", Transcript.Of(Decoder, stream));
    }

    [Fact]
    public void Many_frames_in_one_piece_are_met_one_by_one()
    {
        byte[] stream = [.. Bytes.Frame("""{"cmd":"ping","id":1}"""), .. Bytes.Frame("""{"cmd":"pwd","id":2}"""), .. Bytes.Frame("""{"cmd":"bye"}""")];
        Assert.Equal("""[Header {"cmd":"ping","id":1}][Header {"cmd":"pwd","id":2}][Header {"cmd":"bye"}]""", Transcript.Of(Decoder, stream));
    }

    [Fact]
    public void An_exact_body_is_so_many_bytes_and_nothing_else()
    {
        var stream = Bytes.OfHex(
            """
            16 00 00 00                                                        length 22
            7b 22 63 6d 64 22 3a 22 70 75 74 22 2c 22 62 6f 64 79 22 3a 33 7d  {"cmd":"put","body":3}
            00 ff 41                                                           the body
            0d 00 00 00                                                        length 13
            7b 22 63 6d 64 22 3a 22 62 79 65 22 7d                             {"cmd":"bye"}
            """);
        Assert.Equal("""[Header {"cmd":"put","body":3}]00ff41[BodyEnd][Header {"cmd":"bye"}]""", Transcript.Of(Decoder, stream));
    }

    [Fact]
    public void An_exact_body_of_nothing_still_ends() =>
        Assert.Equal("""[Header {"cmd":"put","body":0}][BodyEnd]""", Transcript.Of(Decoder, Bytes.Frame("""{"cmd":"put","body":0}""")));

    [Fact]
    public void Chunks_end_with_a_length_of_zero_and_a_trailer()
    {
        byte[] stream = [.. Bytes.Frame("""{"cmd":"put","id":4,"body":"chunked"}"""), .. Bytes.OfHex(
            """
            02 00 00 00                                two bytes
            61 62
            01 00 00 00                                one byte
            63
            00 00 00 00                                the end
            19 00 00 00                                the trailer, a frame of 25 bytes
            7b 22 69 64 22 3a 34 2c 22 6d 74 69 6d 65  {"id":4,"mtime
            22 3a 31 32 33 34 35 36 37 38 7d           ":12345678}
            """)];
        Assert.Equal("""[Header {"cmd":"put","id":4,"body":"chunked"}]616263[Trailer {"id":4,"mtime":12345678}]""", Transcript.Of(Decoder, stream));
    }

    [Fact]
    public void A_chunked_body_may_be_empty() => Assert.Equal(
        """[Header {"cmd":"put","body":"chunked"}][Trailer {}]""",
        Transcript.Of(Decoder, [.. Bytes.Frame("""{"cmd":"put","body":"chunked"}"""), 0, 0, 0, 0, .. Bytes.Frame("{}")]));

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    public void An_abandoned_body_is_followed_by_the_next_frame(string before)
    {
        byte[] stream =
        [
            .. Bytes.Frame("""{"cmd":"put","body":"chunked"}"""), .. before.Length > 0 ? Bytes.Chunk(before) : [],
            0xff, 0xff, 0xff, 0xff, .. Bytes.Frame("""{"cmd":"bye"}"""),
        ];
        Assert.EndsWith("""[Abandoned][Header {"cmd":"bye"}]""", Transcript.Of(Decoder, stream));
    }

    [Theory]
    [InlineData(1_048_576, true)]
    [InlineData(1_048_577, false)]
    [InlineData(0xffff_fffe, false)]
    public void A_chunk_has_at_most_a_mebibyte(uint length, bool accepted)
    {
        var decoder = Decoder;
        decoder.Read(Bytes.Frame("""{"cmd":"put","body":"chunked"}"""), out _);
        if (accepted)
        {
            Assert.Equal(FrameItem.Body, decoder.Read(BitConverter.GetBytes(length), out _));
            Assert.Equal(length, decoder.BodyRemaining);
        }
        else
        {
            Assert.Equal(WireError.BadFrame, Assert.Throws<WireException>(() => decoder.Read(BitConverter.GetBytes(length), out _)).Error);
        }
    }

    [Fact]
    public void A_body_can_be_taken_past_the_decoder_in_parts()
    {
        var decoder = Decoder;
        var frame = Bytes.Frame("""{"cmd":"put","body":5000000000}""");
        Assert.Equal(FrameItem.Header, decoder.Read(frame, out var consumed));
        Assert.Equal(frame.Length, consumed);
        Assert.Equal(FrameItem.Body, decoder.Read([], out _));
        decoder.Advance(4_999_999_999);
        Assert.Equal(FrameItem.Body, decoder.Read([1, 2, 3], out consumed));
        Assert.Equal((0, 1), (consumed, decoder.BodyRemaining));
        Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Advance(2));
        decoder.Advance(1);
        Assert.Equal(FrameItem.BodyEnd, decoder.Read([1, 2, 3], out consumed));
        Assert.Equal(0, consumed);
    }

    [Theory]
    [InlineData("00000000", WireError.BadFrame)]
    [InlineData("01100000", WireError.TooLarge)] // 4,097
    [InlineData("ffffffff", WireError.TooLarge)]
    [InlineData("00000080", WireError.TooLarge)] // a sign bit
    public void A_length_of_nothing_or_above_the_cap_is_refused_before_its_bytes_come(string length, WireError error)
    {
        var decoder = Decoder;
        Assert.Equal(error, Assert.Throws<WireException>(() => decoder.Read(Convert.FromHexString(length), out _)).Error);
    }

    [Fact]
    public void The_cap_grows_with_the_login()
    {
        var frame = Bytes.Frame("{\"cmd\":\"ping\",\"x\":\"" + new string('x', 65_536 - 21) + "\"}");
        Assert.Equal(65_540, frame.Length);
        var decoder = Decoder;
        decoder.HeaderCap = Limits.Header;
        Assert.Equal(FrameItem.Header, decoder.Read(frame, out _));
        Assert.Throws<WireException>(() => Decoder.Read(frame, out _));
        Assert.Throws<WireException>(() => decoder.Read([1, 0, 1, 0], out _)); // 65,537
    }

    [Fact]
    public void The_first_header_may_have_4096_bytes() => Assert.Equal(
        FrameItem.Header,
        Decoder.Read(Bytes.Frame("{\"cmd\":\"ping\",\"x\":\"" + new string('x', 4_096 - 21) + "\"}"), out _));

    [Fact]
    public void A_trailer_keeps_the_cap_too()
    {
        var decoder = Decoder;
        decoder.Read(Bytes.Frame("""{"cmd":"put","body":"chunked"}"""), out _);
        Assert.Equal(WireError.TooLarge, Assert.Throws<WireException>(() => decoder.Read([0, 0, 0, 0, 0, 0, 0, 1], out _)).Error);
    }

    [Theory]
    [InlineData("""{"id":8}""")]
    [InlineData("{}")]
    [InlineData("""{"id":7,"body":1}""")]
    [InlineData("""{"id":7,"body":"chunked"}""")]
    public void A_trailer_has_its_headers_id_and_no_body(string trailer)
    {
        byte[] stream = [.. Bytes.Frame("""{"cmd":"put","id":7,"body":"chunked"}"""), 0, 0, 0, 0, .. Bytes.Frame(trailer)];
        Assert.EndsWith("!bad-frame", Transcript.Of(Decoder, stream));
    }

    [Theory]
    [InlineData("crc32c", "5")]
    [InlineData("crc32c", "\"DEADBEEF\"")]
    [InlineData("md5", "\"00\"")]
    [InlineData("sha256", "null")]
    [InlineData("mtime", "\"now\"")]
    public void A_wrong_value_in_a_trailer_is_a_servers_bad_request_and_a_clients_bad_frame(string key, string value)
    {
        byte[] end = [0, 0, 0, 0, .. Bytes.Frame($"{{\"{key}\":{value}}}")];
        var server = Decoder;
        server.Read(Bytes.Frame("""{"cmd":"put","body":"chunked"}"""), out _);
        Assert.Equal(FrameItem.Trailer, server.Read(end, out _));
        Assert.Equal(WireError.BadRequest, server.Trailer!.Fault?.Error);
        Assert.True(server.IsBetweenFrames);

        var client = new FrameDecoder<Reply>(SealMode.Absent);
        client.Read(Bytes.Frame("""{"status":"ok","body":"chunked"}"""), out _);
        Assert.Equal(WireError.BadFrame, Assert.Throws<WireException>(() => client.Read(end, out _)).Error);
    }

    [Fact]
    public void After_an_error_nothing_is_decoded_any_more()
    {
        var decoder = Decoder;
        var first = Assert.Throws<WireException>(() => decoder.Read([0, 0, 0, 0], out _));
        Assert.Same(first, Assert.Throws<WireException>(() => decoder.Read(Bytes.Frame("""{"cmd":"ping"}"""), out _)));
    }

    [Fact]
    public void The_stream_may_end_between_frames_only()
    {
        byte[] stream = [.. Bytes.Frame("""{"cmd":"put","body":"chunked"}"""), .. Bytes.Chunk("ab"), 0, 0, 0, 0, .. Bytes.Frame("{}")];
        for (var length = 0; length <= stream.Length; length++)
        {
            var decoder = Decoder;
            Transcript.Of(decoder, stream[..length]);
            Assert.Equal(length == 0 || length == stream.Length, decoder.IsBetweenFrames);
        }
    }

    [Fact]
    public void A_length_allocates_nothing_for_what_it_announces()
    {
        var decoder = new FrameDecoder<Request>(SealMode.Undecided, Limits.Header);
        decoder.Read([0x00, 0x00], out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(FrameItem.NeedMore, decoder.Read([0x01, 0x00, 0x7b], out _)); // 65,536 bytes announced, one here
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_048);
    }
}
