using System.Text;

namespace Argosy.Wire.Tests;

public sealed class RequestTests
{
    [Fact]
    public void Every_field_comes_back()
    {
        var sent = new Request
        {
            Command = "put",
            Id = 3,
            Path = "folder/a\u0001\"é😀"u8.ToArray(),
            To = "b"u8.ToArray(),
            Version = 1,
            Client = "argosy/0.1.0",
            Mechanism = "SCRAM-SHA-256",
            Scram = "n,,n=alex,r=x",
            Link = true,
            Offset = 0,
            Length = 9,
            Check = BodyCheck.None,
            Size = 12,
            MTime = -5,
            Mode = 0xfff,
            Overwrite = false,
            Crc32C = 0xdeadbeef,
            Md5 = new byte[16],
            Sha256 = new byte[32],
            Upload = "A.z_9-",
            Discard = "x",
            Parents = true,
            Recursive = true,
            Algorithm = "md5",
            Block = 4096,
            More = true,
            Target = [0xff],
            Body = Body.Exact(12),
        };
        var decoder = new FrameDecoder<Request>(SealMode.Undecided);
        decoder.Read(Bytes.Encoded(sent, seal: true), out _);
        Assert.Null(decoder.Message!.Fault);
        foreach (var property in typeof(Request).GetProperties())
            Assert.Equal(property.GetValue(sent), property.GetValue(decoder.Message));
    }

    [Theory]
    [InlineData("""{"id":"1","cmd":"ping"}""", "id")]
    [InlineData("""{"id":-1,"cmd":"ping"}""", "id")]
    [InlineData("""{"id":null,"cmd":"ping"}""", "id")]
    [InlineData("""{"cmd":1}""", "cmd")]
    [InlineData("""{"cmd":""}""", "cmd")]
    [InlineData("{}", "cmd")]
    [InlineData("""{"cmd":"cd","path":1}""", "path")]
    [InlineData("""{"cmd":"cd","path":null}""", "path")]
    [InlineData("""{"cmd":"cd","path":["a",{"b":1}]}""", "path")]
    [InlineData("""{"cmd":"mv","path":"a","to":{}}""", "to")]
    [InlineData("""{"cmd":"get","offset":-1}""", "offset")]
    [InlineData("""{"cmd":"get","length":true}""", "length")]
    [InlineData("""{"cmd":"stat","link":"true"}""", "link")]
    [InlineData("""{"cmd":"touch","mtime":"now"}""", "mtime")]
    [InlineData("""{"cmd":"put","body":0,"mode":4096}""", "mode")]
    [InlineData("""{"cmd":"put","body":0,"crc32c":"DEADBEEF"}""", "crc32c")]
    [InlineData("""{"cmd":"put","body":0,"crc32c":3735928559}""", "crc32c")]
    [InlineData("""{"cmd":"put","body":0,"md5":"00"}""", "md5")]
    [InlineData("""{"cmd":"put","body":0,"sha256":"zz"}""", "sha256")]
    [InlineData("""{"cmd":"put","body":0,"upload":""}""", "upload")]
    [InlineData("""{"cmd":"put","body":0,"upload":"a/b"}""", "upload")]
    [InlineData("""{"cmd":"put","body":0,"overwrite":1}""", "overwrite")]
    [InlineData("""{"cmd":"uploads","discard":"é"}""", "discard")]
    [InlineData("""{"cmd":"mkdir","parents":[]}""", "parents")]
    [InlineData("""{"cmd":"rmdir","recursive":0}""", "recursive")]
    [InlineData("""{"cmd":"hash","algorithm":5}""", "algorithm")]
    [InlineData("""{"cmd":"blocks","block":"1"}""", "block")]
    [InlineData("""{"cmd":"put","body":0,"more":1}""", "more")]
    [InlineData("""{"cmd":"ln","target":1}""", "target")]
    [InlineData("""{"cmd":"ln","target":"a","target_b64":"YQ=="}""", "target_b64")]
    [InlineData("""{"cmd":"auth","mechanism":5}""", "mechanism")]
    [InlineData("""{"cmd":"auth","scram":5}""", "scram")]
    [InlineData("""{"cmd":"hello","version":"1"}""", "version")]
    [InlineData("""{"cmd":"hello","client":1}""", "client")]
    [InlineData("""{"cmd":"cd","path_b64":"=="}""", "path_b64")]
    [InlineData("""{"cmd":"cd","path":"a","path_b64":"YQ=="}""", "path_b64")]
    [InlineData("""{"cmd":"mv","to":"a","to_b64":"YQ=="}""", "to_b64")]
    public void A_value_of_the_wrong_type_is_a_bad_request_that_names_it(string header, string field)
    {
        var fault = HeaderTests.Decode(header).Fault;
        Assert.NotNull(fault);
        Assert.Equal(WireError.BadRequest, fault.Error);
        Assert.False(fault.IsFatal);
        Assert.Contains($" {field} ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_bad_request_the_body_is_still_a_body()
    {
        byte[] stream = [.. Bytes.Frame("""{"cmd":"put","id":9,"path":5,"body":2}"""), 1, 2, .. Bytes.Frame("""{"cmd":"bye"}""")];
        Assert.Equal("""[Header {"cmd":"put","id":9,"body":2}]0102[BodyEnd][Header {"cmd":"bye"}]""", Transcript.Of(new FrameDecoder<Request>(SealMode.Undecided), stream));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("\"5\"")]
    [InlineData("\"Chunked\"")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("{}")]
    public void A_body_that_announces_nothing_clear_is_a_bad_frame(string body) => HeaderTests.AssertBadFrame($$"""{"cmd":"put","body":{{body}}}""");

    [Fact]
    public void An_unknown_check_is_unsupported() => Assert.Equal(WireError.Unsupported, HeaderTests.Decode("""{"cmd":"get","check":"md5"}""").Fault?.Error);

    [Fact]
    public void A_command_that_is_not_known_is_passed_on() => Assert.Equal("frobnicate", HeaderTests.Decode("""{"cmd":"frobnicate","id":1}""").Command);

    [Fact]
    public void A_command_may_be_written_with_escapes() => Assert.Equal("ping", HeaderTests.Decode("""{"c\u006dd":"p\u0069ng"}""").Command);

    [Theory]
    [InlineData("path", "\"a\\u0000b\"")]
    [InlineData("path_b64", "\"AA==\"")]
    [InlineData("to", "\"\\u0000\"")]
    public void A_NUL_in_a_name_is_a_bad_name(string key, string value) =>
        Assert.Equal(WireError.BadName, HeaderTests.Decode($$"""{"cmd":"cd","{{key}}":{{value}}}""").Fault?.Error);

    [Theory]
    [InlineData("\"YQ\"")]
    [InlineData("\"YR==\"")] // a stray bit
    [InlineData("\"YWI=YQ==\"")]
    [InlineData("\"YQ= =\"")]
    [InlineData("\"Y\\nQ==\"")]
    [InlineData("\"_-__\"")]
    public void Base64_is_RFC_4648_section_4_to_the_letter(string value) =>
        Assert.Equal(WireError.BadRequest, HeaderTests.Decode($$"""{"cmd":"cd","path_b64":{{value}}}""").Fault?.Error);

    [Theory]
    [InlineData("61", """{"cmd":"cd","path":"a"}""")]
    [InlineData("f09f9880", null)]
    [InlineData("ff", """{"cmd":"cd","path_b64":"/w=="}""")]
    [InlineData("d6d0cec4", """{"cmd":"cd","path_b64":"1tDOxA=="}""")] // GB18030
    [InlineData("2d0a22275c7f20", null)]
    [InlineData("65cc81", null)] // a combining accent stays one
    public void A_name_is_a_string_when_it_is_UTF8_and_base64_otherwise(string hex, string? header)
    {
        var name = Convert.FromHexString(hex);
        var frame = Bytes.Encoded(new Request { Command = "cd", Path = name });
        if (header is not null)
            Assert.Equal(header, Encoding.UTF8.GetString(frame.AsSpan(4)));
        var decoder = new FrameDecoder<Request>(SealMode.Undecided);
        decoder.Read(frame, out _);
        Assert.Equal(name, decoder.Message!.Path);
    }

    [Fact]
    public void A_header_over_the_cap_is_not_written()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var request = new Request { Command = "cd", Path = [.. Enumerable.Repeat((byte)'a', Limits.Header)] };
        Assert.Equal(WireError.TooLarge, Assert.Throws<WireException>(() => FrameEncoder.Write(output, request, seal: true)).Error);
        Assert.Equal(0, output.WrittenCount);
    }
}
