using System.Text;

namespace Argosy.Wire.Tests;

public sealed class ReplyTests
{
    [Fact]
    public void Every_field_comes_back()
    {
        var sent = new Reply
        {
            Id = 3,
            Status = ReplyStatus.Continue,
            Message = "\u001b[31m",
            Version = 1,
            Server = "argosy/0.1.0",
            Mechanisms = ["A", "B"],
            Anonymous = "rw",
            Scram = "v=x",
            Path = [0xff],
            Type = EntryType.Link,
            Size = 1,
            MTime = -1,
            Mode = 0x1ed,
            Target = "../é"u8.ToArray(),
            Offset = 5,
            Crc32C = 0,
            Hash = "00ff",
            Bytes = 1,
            Files = 2,
            BytesLimit = 3,
            FilesLimit = 4,
            Body = Body.Chunked,
        };
        var back = Decode(Bytes.Encoded(sent, seal: true), SealMode.Required);
        foreach (var property in typeof(Reply).GetProperties())
            Assert.Equal(property.GetValue(sent), property.GetValue(back));
    }

    [Fact]
    public void A_refusal_names_its_error()
    {
        var frame = Bytes.Encoded(Reply.Refusal(7, WireError.OverQuota, "Delete something."));
        Assert.Equal("""{"id":7,"status":"error","error":"over-quota","message":"Delete something."}""", Encoding.UTF8.GetString(frame.AsSpan(4)));
        var back = Decode(frame);
        Assert.Equal((ReplyStatus.Error, WireError.OverQuota, "over-quota"), (back.Status, back.Error, back.ErrorName));
    }

    [Fact]
    public void An_error_of_a_newer_server_keeps_its_name()
    {
        var reply = Decode(Bytes.Frame("""{"id":1,"status":"error","error":"on-fire"}"""));
        Assert.Equal((WireError.Other, "on-fire"), (reply.Error, reply.ErrorName));
    }

    [Fact]
    public void A_type_of_a_newer_server_is_other() =>
        Assert.Equal(EntryType.Other, Decode(Bytes.Frame("""{"id":1,"status":"ok","type":"door"}""")).Type);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"status":"fine"}""")]
    [InlineData("""{"status":0}""")]
    [InlineData("""{"status":"ok","id":"1"}""")]
    [InlineData("""{"status":"ok","size":-1}""")]
    [InlineData("""{"status":"ok","path":"a\u0000"}""")]
    [InlineData("""{"status":"ok","path":"a","path_b64":"YQ=="}""")]
    [InlineData("""{"status":"ok","target":"a","target_b64":"YQ=="}""")]
    [InlineData("""{"status":"ok","mechanisms":"A"}""")]
    [InlineData("""{"status":"ok","mechanisms":[1]}""")]
    [InlineData("""{"status":"ok","mechanisms":[["A"]]}""")]
    [InlineData("""{"status":"ok","body":-1}""")]
    [InlineData("""{"status":"error","error":5}""")]
    public void A_client_accepts_no_reply_of_a_wrong_form(string header) =>
        Assert.Equal(WireError.BadFrame, Assert.Throws<WireException>(() => Decode(Bytes.Frame(header))).Error);

    [Fact]
    public void A_server_that_names_endless_mechanisms_is_stopped()
    {
        var header = "{\"status\":\"ok\",\"mechanisms\":[" + string.Join(',', Enumerable.Repeat("\"\"", 20_000)) + "]}";
        Assert.Equal(WireError.BadFrame, Assert.Throws<WireException>(() => Decode(Bytes.Frame(header))).Error);
    }

    private static Reply Decode(byte[] frame, SealMode seal = SealMode.Absent)
    {
        var decoder = new FrameDecoder<Reply>(seal, Limits.Header);
        decoder.Read(frame, out _);
        return decoder.Message!;
    }
}
