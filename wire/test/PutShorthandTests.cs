using System.Text;

namespace Argosy.Wire.Tests;

public sealed class PutShorthandTests
{
    [Theory]
    [InlineData("""{"cmd":"put","path":"a","body":5}""", null)]
    [InlineData("""{"cmd":"put","path":"a","size":5}""", 5L)]
    [InlineData("""{"path":"a","size":5}""", 5L)]
    [InlineData("""{"path":"a","body":5}""", null)]
    [InlineData("""{"filename":"a","filesize":5}""", 5L)]
    [InlineData("""{"file_name":"a","file_size":5}""", 5L)]
    [InlineData("""{"file_size":5,"filename":"a"}""", 5L)]
    [InlineData("""{"filesize":5,"path":"a","cmd":"put"}""", 5L)]
    [InlineData("""{"path":"a","filename":"a","file_name":"a","size":5,"filesize":5,"file_size":5}""", 5L)]
    [InlineData("""{"path_b64":"YQ==","filename":"a","body":5,"size":5}""", 5L)]
    [InlineData("""{"cmd":"put","path":"a","size":7,"offset":2,"body":5}""", 7L)]
    public void These_are_the_same_put(string header, long? size)
    {
        var request = HeaderTests.Decode(header);
        Assert.Null(request.Fault);
        Assert.Equal("put", request.Command);
        Assert.Equal("a", Encoding.UTF8.GetString(request.Path!));
        Assert.Equal(Body.Exact(5), request.Body);
        Assert.Equal(size, request.Size);
    }

    [Fact]
    public void A_chunked_put_may_say_its_size()
    {
        var request = HeaderTests.Decode("""{"filename":"a","body":"chunked","filesize":5}""");
        Assert.Equal(("put", Body.Chunked, 5), (request.Command, request.Body, request.Size));
    }

    [Theory]
    [InlineData("""{"cmd":"put","path":"a","size":5,"filesize":6}""")]
    [InlineData("""{"filename":"a","filesize":5,"file_size":6}""")]
    [InlineData("""{"filename":"a","filesize":"5"}""")]
    [InlineData("""{"filename":"a","filesize":-5}""")]
    [InlineData("""{"cmd":"put","path":"a","size":null}""")]
    public void Where_the_number_of_bytes_is_unclear_nothing_after_it_is_clear(string header) => HeaderTests.AssertBadFrame(header);

    [Theory]
    [InlineData("""{"cmd":"put","path":"a","body":5,"size":5,"filesize":6}""")]
    [InlineData("""{"cmd":"put","path":"a","body":5,"filesize":"5"}""")]
    [InlineData("""{"cmd":"put","path":"a","filename":"b","body":5}""")]
    [InlineData("""{"filename":"a","file_name":"b","size":5}""")]
    [InlineData("""{"filename":5,"path":"a","size":5}""")]
    [InlineData("""{"filename":5,"size":5}""")]
    [InlineData("""{"path":5,"filesize":5}""")]
    [InlineData("""{"path_b64":"!","body":5}""")]
    [InlineData("""{"cmd":"put","path":"a","offset":5,"size":5}""")]
    public void Other_contradictions_are_bad_requests_with_a_body_of_five_bytes(string header)
    {
        var request = HeaderTests.Decode(header);
        Assert.Equal(WireError.BadRequest, request.Fault?.Error);
        Assert.Equal(Body.Exact(5), request.Body);
    }

    [Theory]
    [InlineData("""{"cmd":"put","path":"a"}""")]
    [InlineData("""{"path":"a"}""")]
    [InlineData("""{"filename":"a"}""")]
    [InlineData("""{"size":5}""")]
    [InlineData("""{"cmd":1,"path":"a","size":5}""")]
    public void Without_a_size_or_a_name_nothing_follows_and_the_request_is_bad(string header)
    {
        var request = HeaderTests.Decode(header);
        Assert.Equal(WireError.BadRequest, request.Fault?.Error);
        Assert.True(request.Body.IsNone);
    }

    [Theory]
    [InlineData("""{"cmd":"get","path":"a","size":5,"filesize":6,"filename":7,"file_size":"x"}""")]
    [InlineData("""{"filename":"b","cmd":"stat","filesize":6,"path":"a"}""")]
    public void For_other_commands_these_keys_mean_nothing(string header)
    {
        var request = HeaderTests.Decode(header);
        Assert.Null(request.Fault);
        Assert.True(request.Body.IsNone);
        Assert.Equal("a"u8, request.Path!);
    }
}
