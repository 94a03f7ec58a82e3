using System.Text;

namespace Argosy.Wire.Tests;

public sealed class HeaderTests
{
    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("\"a\"")]
    [InlineData("null")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("{,}")]
    [InlineData("""{"cmd":"ping",}""")]
    [InlineData("""{'cmd':'ping'}""")]
    [InlineData("""{cmd:"ping"}""")]
    [InlineData("""{"cmd":"ping"/**/}""")]
    [InlineData("""{"cmd":"ping" "id":1}""")]
    [InlineData("{\"cmd\":\"pi\nng\"}")]
    [InlineData("""{"cmd":"ping\x"}""")]
    [InlineData("\ufeff{\"cmd\":\"ping\"}")]
    [InlineData("""{"cmd":"ping","x":NaN}""")]
    [InlineData("""{"cmd":"ping","x":01}""")]
    [InlineData("""{"cmd":"ping","x":+1}""")]
    public void What_is_not_one_JSON_object_is_refused(string header) => AssertBadFrame(header);

    [Theory]
    [InlineData("""{"cmd":"ping","cmd":"ping"}""")]
    [InlineData("""{"cmd":"put","path":"a","pa\u0074h":"a"}""")]
    [InlineData("""{"cmd":"ping","x":1,"x":2}""")]
    [InlineData("""{"cmd":"ping","x":1,"\u0078":2}""")]
    [InlineData("""{"cmd":"ping","x":{"a":1,"b":2,"a":3}}""")]
    [InlineData("""{"cmd":"ping","x":[{"a":{"é":1,"\u00e9":3}}]}""")]
    [InlineData("""{"cmd":"ping","path":{"cmd":1,"cmd":1}}""")]
    [InlineData("""{"cmd":"ping","averylongkeythatisunknown":1,"averylongkeythatisunknown":1}""")]
    public void A_key_that_stands_twice_is_refused(string header) => AssertBadFrame(header);

    [Theory]
    [InlineData("""{"cmd":"ping","x":{"a":1},"y":{"a":1,"x":{"a":1}}}""")]
    [InlineData("""{"cmd":"ping","x":[{"a":1},{"a":1}]}""")]
    [InlineData("""{"cmd":"ping","x":{"cmd":1,"id":2}}""")]
    [InlineData("""{"cmd":"ping","X":1,"x":1}""")]
    public void The_same_key_in_another_object_is_another_key(string header) => Assert.Equal("ping", Decode(header).Command);

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.5")]
    [InlineData("1e3")]
    [InlineData("1E3")]
    [InlineData("1e-3")]
    [InlineData("9007199254740993")]
    [InlineData("-9007199254740993")]
    [InlineData("99999999999999999999999999")]
    public void Numbers_are_whole_and_within_2_to_the_53(string number)
    {
        AssertBadFrame($$"""{"cmd":"ping","id":{{number}}}""");
        AssertBadFrame($$"""{"cmd":"ping","x":{{number}}}""");
        AssertBadFrame($$"""{"cmd":"ping","x":[{"y":{{number}}}]}""");
        AssertBadFrame($$"""{"cmd":"ping","path":{{number}}}""");
        AssertBadFrame($$"""{"cmd":"put","body":{{number}}}""");
    }

    [Theory]
    [InlineData("-9007199254740992", -9007199254740992)]
    [InlineData("9007199254740992", 9007199254740992)]
    [InlineData("-0", 0)]
    [InlineData("0", 0)]
    public void Numbers_reach_2_to_the_53(string number, long value) =>
        Assert.Equal(value, Decode($$"""{"cmd":"touch","mtime":{{number}}}""").MTime);

    [Theory]
    [InlineData("ff")]
    [InlineData("c080")] // an overlong NUL
    [InlineData("eda080")] // a surrogate
    [InlineData("f4908080")] // above U+10FFFF
    [InlineData("e282")] // cut
    public void Invalid_UTF8_is_refused_wherever_it_stands(string bytes)
    {
        var broken = Encoding.Latin1.GetString(Convert.FromHexString(bytes));
        foreach (var header in (string[])[$"{{\"cmd\":\"ping\",\"path\":\"{broken}\"}}", $"{{\"cmd\":\"ping\",\"x\":[\"{broken}\"]}}", $"{{\"cmd\":\"ping\",\"{broken}\":1}}"])
            AssertBadFrame(Bytes.Frame(Encoding.Latin1.GetBytes(header)));
    }

    [Theory]
    [InlineData("""{"cmd":"ping","path":"\ud800"}""")]
    [InlineData("""{"cmd":"ping","path":"\udc00\ud800"}""")]
    [InlineData("""{"cmd":"ping","path_b64":"\ud800"}""")]
    [InlineData("""{"cmd":"ping","x":"\ud83d"}""")]
    [InlineData("""{"cmd":"ping","x":["\ud83d!"]}""")]
    [InlineData("""{"cmd":"ping","\ud83d":1}""")]
    [InlineData("""{"cmd":"ping","x":{"\ud83d":1}}""")]
    [InlineData("""{"cmd":"ping","check":"\ud83d"}""")]
    [InlineData("""{"cmd":"put","body":"\ud83d"}""")]
    [InlineData("""{"cmd":"ping","crc32c":"\ud83d"}""")]
    [InlineData("""{"cmd":"\ud83d"}""")]
    public void A_lone_surrogate_is_refused_wherever_it_stands(string header) => AssertBadFrame(header);

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void A_header_nests_eight_deep(int depth, bool accepted)
    {
        var header = "{\"cmd\":\"ping\",\"x\":" + new string('[', depth - 1) + new string(']', depth - 1) + "}";
        if (accepted)
            Assert.Equal("ping", Decode(header).Command);
        else
            AssertBadFrame(header);
    }

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void A_header_has_at_most_128_keys_nested_ones_counted(int keys, bool accepted)
    {
        var half = string.Join(',', Enumerable.Range(0, (keys - 2) / 2).Select(i => $"\"k{i}\":1"));
        var rest = string.Join(',', Enumerable.Range(0, keys - 2 - ((keys - 2) / 2)).Select(i => $"\"k{i}\":1"));
        var header = $"{{\"cmd\":\"ping\",{half},\"x\":{{{rest}}}}}";
        if (accepted)
            Assert.Equal("ping", Decode(header).Command);
        else
            AssertBadFrame(header);
    }

    [Fact]
    public void Unknown_keys_are_ignored()
    {
        var request = Decode("""{"x":null,"cmd":"get","y":[1,"\u00e9",true,{}],"path":"a","z":{"body":7}}""");
        Assert.Equal(("get", true), (request.Command, request.Body.IsNone));
        Assert.Null(request.Fault);
        Assert.Equal("a"u8, request.Path!);
    }

    [Fact]
    public void White_space_around_the_object_and_its_parts_is_JSON() => Assert.Equal("ping", Decode(" \r\n{ \"cmd\" :\t\"ping\" }\n").Command);

    internal static Request Decode(string header)
    {
        var decoder = new FrameDecoder<Request>(SealMode.Undecided, Limits.Header);
        Assert.Equal(FrameItem.Header, decoder.Read(Bytes.Frame(header), out _));
        return decoder.Message!;
    }

    internal static void AssertBadFrame(string header) => AssertBadFrame(Bytes.Frame(header));

    private static void AssertBadFrame(byte[] frame)
    {
        var decoder = new FrameDecoder<Request>(SealMode.Undecided, Limits.Header);
        Assert.Equal(WireError.BadFrame, Assert.Throws<WireException>(() => decoder.Read(frame, out _)).Error);
    }
}
