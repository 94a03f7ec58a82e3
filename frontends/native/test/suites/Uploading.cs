using System.Security.Cryptography;
using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>docs/protocol.md sections 1.1 and 4: <c>put</c> with exact and chunked bodies, sums, and bodies that end badly.</summary>
[AlsoInMemory]
public sealed class Uploading : ProtocolTest
{
    [Theory]
    [EverySetup(0)]
    [EverySetup(1)]
    [EverySetup(70_000)]
    [EverySetup(3_000_001)]
    public async Task An_exact_body_arrives(int size)
    {
        Start();
        WireClient client = await LoginAsync();
        byte[] content = RandomNumberGenerator.GetBytes(size);

        Answer answer = await client.AskAsync(
            $$"""{"cmd":"put","id":1,"path":"file","body":{{size}},"crc32c":"{{Frame.Sum(content)}}","mtime":-1500001,"mode":416}""", content);

        Assert.True(answer.IsOk);
        AssertText("/file", answer.Reply.Path);
        Assert.Equal(size, answer.Reply.Size);
        Assert.Equal(-1_500_001, answer.Reply.MTime);
        Answer back = await client.GetAsync("file");
        Assert.Equal(content, back.Body);
        Assert.Equal(416, back.Reply.Mode);
    }

    [Theory]
    [EverySetup(70_000)]
    [EverySetup(5_000_000)]
    public async Task An_unverified_exact_body_arrives(int size)
    {
        Start();
        WireClient client = await LoginAsync();
        byte[] content = RandomNumberGenerator.GetBytes(size);

        Assert.True((await client.AskAsync($$"""{"cmd":"put","path":"file","body":{{size}},"check":"none"}""", content)).IsOk);
        Assert.Equal(content, (await client.GetAsync("file")).Body);
        Assert.Equal(content, (await client.AskAsync("""{"cmd":"get","path":"file","check":"none"}""")).Body);
    }

    [Theory]
    [EverySetup(0, 1)]
    [EverySetup(1, 1)]
    [EverySetup(100, 7)]
    [EverySetup(700_000, 65_536)]
    [EverySetup(3_000_000, 1_048_576)]
    public async Task A_chunked_body_arrives_with_what_its_trailer_says(int size, int chunk)
    {
        Start();
        WireClient client = await LoginAsync();
        byte[] content = RandomNumberGenerator.GetBytes(size);
        await client.SendAsync("""{"cmd":"put","id":5,"path":"file","body":"chunked","mtime":1}""");
        foreach (byte[] piece in content.Chunk(chunk))
            await client.SendAsync(Frame.Chunk(piece));
        await client.SendAsync(Frame.End($$"""{"id":5,"crc32c":"{{Frame.Sum(content)}}","mtime":1234567890123456}"""));

        Answer answer = await client.ReadAsync();
        Assert.True(answer.IsOk);
        Assert.Equal(1_234_567_890_123_456, answer.Reply.MTime);
        Assert.Equal(content, (await client.GetAsync("file")).Body);
    }

    [Theory]
    [EverySetup("\"crc32c\":\"00000000\"")]
    [EverySetup("\"md5\":\"00000000000000000000000000000000\"")]
    [EverySetup("\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\"")]
    public async Task A_wrong_sum_in_the_header_publishes_nothing(string sum)
    {
        Start();
        WireClient client = await LoginAsync();

        Answer answer = await client.AskAsync($$"""{"cmd":"put","id":1,"path":"file","body":4,{{sum}}}""", Frame.Text("text"));

        Assert.Equal(WireError.Mismatch, answer.Error);
        Assert.True((await client.AskAsync("""{"cmd":"ping"}""")).IsOk);
        await AssertMissingAsync("file");
    }

    [Theory]
    [EverySetup("\"crc32c\":\"00000000\"")]
    [EverySetup("\"md5\":\"00000000000000000000000000000000\"")]
    [EverySetup("\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\"")]
    public async Task A_wrong_sum_in_the_trailer_publishes_nothing(string sum)
    {
        Start();
        WireClient client = await LoginAsync();
        await client.SendAsync("""{"cmd":"put","id":1,"path":"file","body":"chunked"}""");
        await client.SendAsync(Frame.Chunk(Frame.Text("text")), Frame.End($$"""{"id":1,{{sum}}}"""));

        Assert.Equal(WireError.Mismatch, (await client.ReadAsync()).Error);
        await AssertMissingAsync("file");
    }

    [Theory]
    [EverySetup]
    public async Task Right_sums_are_accepted()
    {
        Start();
        WireClient client = await LoginAsync();
        byte[] content = RandomNumberGenerator.GetBytes(100_000);
        string sums = $"\"crc32c\":\"{Frame.Sum(content)}\",\"md5\":\"{Convert.ToHexStringLower(MD5.HashData(content))}\","
            + $"\"sha256\":\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"";

        Assert.True((await client.AskAsync($$"""{"cmd":"put","path":"a","body":100000,{{sums}}}""", content)).IsOk);
        await client.SendAsync($$"""{"cmd":"put","path":"b","body":"chunked",{{sums}}}""");
        await client.SendAsync(Frame.Chunk(content), Frame.End($$"""{{{sums}}}"""));
        Assert.True((await client.ReadAsync()).IsOk);
        await client.SendAsync("""{"cmd":"put","path":"only-the-trailer-knows","body":"chunked"}""");
        await client.SendAsync(Frame.Chunk(content), Frame.End($$"""{{{sums}}}"""));
        Assert.True((await client.ReadAsync()).IsOk);
    }

    [Theory]
    [EverySetup]
    public async Task A_body_that_does_not_fit_its_stated_size_publishes_nothing()
    {
        Start();
        WireClient client = await LoginAsync();

        Assert.Equal(WireError.Mismatch, (await client.AskAsync("""{"cmd":"put","path":"file","body":4,"size":5}""", Frame.Text("text"))).Error);
        await client.SendAsync("""{"cmd":"put","path":"file","body":"chunked","size":5}""");
        await client.SendAsync(Frame.Chunk(Frame.Text("text")), Frame.End("{}"));
        Assert.Equal(WireError.Mismatch, (await client.ReadAsync()).Error);
        await AssertMissingAsync("file");
    }

    [Theory]
    [EverySetup(0)]
    [EverySetup(1)]
    [EverySetup(300_000)]
    public async Task An_abandoned_body_is_answered_and_counts_for_nothing(int sent)
    {
        Start();
        WireClient client = await LoginAsync();
        await client.SendAsync("""{"cmd":"put","id":8,"path":"file","body":"chunked"}""");
        if (sent > 0)
            await client.SendAsync(Frame.Chunk(new byte[sent]));
        await client.SendAsync(Frame.Abandon, Frame.Of("""{"cmd":"ping","id":9}"""));

        Answer answer = await client.ReadAsync();
        Assert.Equal((8, WireError.Abandoned), (answer.Id, answer.Error));
        Assert.Equal(9, (await client.ReadAsync()).Id);
        await AssertMissingAsync("file");
    }

    [Theory]
    [EverySetup]
    public async Task A_chunk_over_its_cap_is_a_bad_frame()
    {
        Start();
        WireClient client = await LoginAsync();
        await client.SendAsync("""{"cmd":"put","id":8,"path":"file","body":"chunked"}""");
        await client.SendAsync(Frame.Length(1_048_577));

        Answer answer = await client.ReadAsync();
        Assert.Equal((8, WireError.BadFrame), (answer.Id, answer.Error));
        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [EverySetup]
    public async Task A_trailer_with_another_id_is_a_bad_frame()
    {
        Start();
        WireClient client = await LoginAsync();
        await client.SendAsync("""{"cmd":"put","id":8,"path":"file","body":"chunked"}""");
        await client.SendAsync(Frame.Chunk([1]), Frame.End("""{"id":7}"""));

        Assert.Equal(WireError.BadFrame, (await client.ReadAsync()).Error);
        await AssertMissingAsync("file");
    }

    [Theory]
    [EverySetup("10")]
    [EverySetup("\"chunked\"")]
    public async Task A_body_that_stands_still_times_out(string body)
    {
        Start(new NativeOptions { AllowPlain = true, StallTime = TimeSpan.FromMilliseconds(150) });
        WireClient client = await LoginAsync();
        await client.SendAsync($$"""{"cmd":"put","id":8,"path":"file","body":{{body}}}""", Frame.Length(4));

        Answer answer = await client.ReadAsync();
        Assert.Equal((8, WireError.Timeout), (answer.Id, answer.Error));
        Assert.True(await client.IsClosedAsync());
        await AssertMissingAsync("file");
    }

    [Theory]
    [EverySetup]
    public async Task A_body_that_flows_slowly_does_not_time_out()
    {
        Start(new NativeOptions { AllowPlain = true, StallTime = TimeSpan.FromMilliseconds(400) });
        WireClient client = await LoginAsync();
        await client.SendAsync("""{"cmd":"put","id":8,"path":"file","body":8}""");
        for (byte i = 0; i < 8; i++)
        {
            await Task.Delay(100);
            await client.SendAsync([i]);
        }

        Assert.True((await client.ReadAsync()).IsOk);
    }

    [Theory]
    [EverySetup]
    public async Task A_command_that_takes_no_body_refuses_one_and_reads_past_it()
    {
        Start();
        WireClient client = await LoginAsync();
        await client.SendAsync("""{"cmd":"ping","id":1,"body":5}""", Frame.Text("12345"));
        await client.SendAsync("""{"cmd":"dance","id":2,"body":"chunked"}""");
        await client.SendAsync(Frame.Chunk(Frame.Text("12345")), Frame.End("""{"id":2}"""), Frame.Of("""{"cmd":"ping","id":3}"""));

        Assert.Equal(WireError.BadRequest, (await client.ReadAsync()).Error);
        Assert.Equal(WireError.Unsupported, (await client.ReadAsync()).Error);
        Assert.True((await client.ReadAsync()).IsOk);
    }

    [Theory]
    [EverySetup]
    public async Task Overwrite_false_leaves_the_old_version()
    {
        Start();
        WireClient client = await LoginAsync();
        await client.PutAsync("file", Frame.Text("old"));

        Assert.Equal(
            WireError.Exists,
            (await client.AskAsync("""{"cmd":"put","path":"file","body":3,"overwrite":false}""", Frame.Text("new"))).Error);
        AssertText("old", (await client.GetAsync("file")).Body);
    }

    [Theory]
    [EverySetup]
    public async Task A_cut_upload_with_an_id_goes_on_where_it_stopped()
    {
        Start();
        byte[] content = RandomNumberGenerator.GetBytes(500_000);
        string md5 = Convert.ToHexStringLower(MD5.HashData(content));
        WireClient first = await LoginAsync();
        await first.SendAsync("""{"cmd":"put","id":1,"path":"file","body":500000,"upload":"u1"}""", content[..300_000]);
        first.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        Assert.True(await first.IsClosedAsync());

        WireClient second = await LoginAsync();
        ListLine line = Assert.Single(await UploadsAsync(second));
        Assert.Equal(("u1", 500_000), (line.Upload, line.Size));
        AssertText("/file", line.Path);
        Assert.Equal(300_000, line.Received);
        string rest = $$"""{"cmd":"put","id":2,"path":"file","upload":"u1","size":500000,"md5":"{{md5}}","offset":""";
        Assert.Equal(WireError.Mismatch, (await second.AskAsync(rest + "299999,\"body\":200001}", content[299_999..])).Error);
        Assert.True((await second.AskAsync(rest + "300000,\"body\":200000}", content[300_000..])).IsOk);
        Assert.Equal(content, (await second.GetAsync("file")).Body);
        Assert.Empty(await UploadsAsync(second));
    }

    [Theory]
    [EverySetup]
    public async Task An_unfinished_upload_begins_again_at_offset_0_or_is_discarded()
    {
        Start();
        foreach (string id in (string[])["u1", "u2"])
        {
            WireClient cut = await LoginAsync();
            await cut.SendAsync($$"""{"cmd":"put","id":1,"path":"{{id}}","body":500000,"upload":"{{id}}"}""", new byte[300_000]);
            cut.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            Assert.True(await cut.IsClosedAsync());
        }

        WireClient client = await LoginAsync();
        Assert.True((await client.AskAsync("""{"cmd":"put","path":"u1","body":3,"upload":"u1"}""", Frame.Text("new"))).IsOk);
        AssertText("new", (await client.GetAsync("u1")).Body);
        Assert.True((await client.AskAsync("""{"cmd":"uploads","discard":"u2"}""")).IsOk);
        Assert.Equal(WireError.NotFound, (await client.AskAsync("""{"cmd":"uploads","discard":"u2"}""")).Error);
        Assert.Empty(await UploadsAsync(client));
    }

    [Theory]
    [EverySetup]
    public async Task The_blocks_of_a_cut_upload_are_told_replaced_and_finished()
    {
        Start();
        byte[] content = RandomNumberGenerator.GetBytes(500_000);
        byte[] other = [.. content];
        other[100_000] ^= 1;
        await CutAsync("file", "u1", other, 300_000);

        WireClient client = await LoginAsync();
        Answer told = await client.AskAsync("{\"cmd\":\"blocks\",\"id\":7,\"path\":\"file\",\"upload\":\"u1\",\"block\":65536}");
        Assert.Equal(300_000, told.Reply.Size);
        List<ListLine> blocks = Listings.Decode(told);
        Assert.Equal([0, 65_536, 131_072, 196_608, 262_144], blocks.Select(line => line.Offset!.Value));
        Assert.Equal(37_856, blocks[^1].Size);
        Assert.Equal(
            [true, false, true, true, true],
            blocks.Select(line => line.Hash == Frame.Sum(content[(int)line.Offset!..(int)(line.Offset + line.Size)!])));

        byte[] block = content[65_536..131_072];
        string more = $$"""{"cmd":"put","id":8,"path":"file","upload":"u1","size":500000,"more":true,"body":65536,"crc32c":"{{Frame.Sum(block)}}","offset":""";
        Assert.Equal(WireError.Mismatch, (await client.AskAsync(more + "234465}", block)).Error);
        Answer replaced = await client.AskAsync(more + "65536}", block);
        Assert.Equal((true, 300_000), (replaced.IsOk, replaced.Reply.Size!.Value));
        await AssertMissingAsync("file");
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        Assert.True((await client.AskAsync(
            $$"""{"cmd":"put","id":9,"path":"file","upload":"u1","size":500000,"offset":300000,"body":200000,"sha256":"{{sha256}}"}""", content[300_000..])).IsOk);
        Assert.Equal(content, (await client.GetAsync("file")).Body);
    }

    [Theory]
    [EverySetup]
    public async Task A_damaged_block_is_refused_alone_and_can_be_sent_again()
    {
        Start();
        byte[] content = RandomNumberGenerator.GetBytes(3_000_000);
        await CutAsync("file", "u1", content, 2_500_000);
        WireClient client = await LoginAsync();
        byte[] block = RandomNumberGenerator.GetBytes(1 << 20);
        block.CopyTo(content, 100);
        string more = $$"""{"cmd":"put","path":"file","upload":"u1","size":3000000,"offset":100,"more":true,"body":{{block.Length}},"crc32c":""";
        byte[] damaged = [.. block];
        damaged[^1] ^= 1;
        string before = (await client.AskAsync(Blocks)).Body is var body ? Frame.Sum(body) : "";

        Assert.Equal(WireError.Mismatch, (await client.AskAsync($"{more}\"{Frame.Sum(block)}\"}}", damaged)).Error);
        Assert.Equal(before, Frame.Sum((await client.AskAsync(Blocks)).Body));
        Assert.True((await client.AskAsync($"{more}\"{Frame.Sum(block)}\"}}", block)).IsOk);
        Assert.True((await client.AskAsync(
            $$"""{"cmd":"put","path":"file","upload":"u1","size":3000000,"offset":2500000,"body":500000,"crc32c":"{{Frame.Sum(content[2_500_000..])}}"}""",
            content[2_500_000..])).IsOk);
        Assert.Equal(content, (await client.GetAsync("file")).Body);
    }

    private const string Blocks = """{"cmd":"blocks","path":"file","upload":"u1"}""";

    [Theory]
    [EverySetup]
    public async Task What_is_longer_than_a_block_and_damaged_is_doubtful_until_it_was_compared()
    {
        Start();
        byte[] content = RandomNumberGenerator.GetBytes(3_000_000);
        await CutAsync("file", "u1", content, 2_500_000);
        WireClient client = await LoginAsync();
        byte[] longer = RandomNumberGenerator.GetBytes((1 << 20) + 1);
        longer.CopyTo(content, 100);
        string more = $$"""{"cmd":"put","path":"file","upload":"u1","size":3000000,"offset":100,"more":true,"body":{{longer.Length}},"crc32c":""";
        byte[] rest = content[2_500_000..];
        string last = $$"""{"cmd":"put","path":"file","upload":"u1","size":3000000,"offset":2500000,"body":500000,"crc32c":"{{Frame.Sum(rest)}}"}""";

        Assert.Equal(WireError.Mismatch, (await client.AskAsync(more + "\"00000000\"}", longer)).Error);
        Assert.Single(await UploadsAsync(client));
        Assert.Equal(WireError.Mismatch, (await client.AskAsync(last, rest)).Error);
        Assert.True((await client.AskAsync(more + $"\"{Frame.Sum(longer)}\"}}", longer)).IsOk);
        Assert.True((await client.AskAsync(Blocks)).IsOk);
        Assert.True((await client.AskAsync(last, rest)).IsOk);
        Assert.Equal(content, (await client.GetAsync("file")).Body);
    }

    [Theory]
    [EverySetup("\"body\":4", WireError.BadRequest)]
    [EverySetup("\"body\":4,\"upload\":\"none\"", WireError.NotFound)]
    public async Task Nothing_but_a_cut_upload_has_blocks_to_replace(string keys, WireError error)
    {
        Start();
        WireClient client = await LoginAsync();
        Assert.Equal(error, (await client.AskAsync($$"""{"cmd":"put","path":"file","more":true,{{keys}}}""", Frame.Text("text"))).Error);
        Assert.Equal(WireError.NotFound, (await client.AskAsync("""{"cmd":"blocks","path":"file","upload":"none"}""")).Error);
        Assert.Empty(await UploadsAsync(client));
    }

    [Theory]
    [EverySetup]
    public async Task A_body_that_ends_early_and_in_order_is_kept()
    {
        var log = new RecordingLogger();
        Start(log: log);
        WireClient client = await LoginAsync();
        await client.SendAsync("""{"cmd":"put","id":1,"path":"file","body":"chunked","size":500000,"upload":"u1"}""");
        byte[] content = RandomNumberGenerator.GetBytes(300_000);
        await client.SendAsync(Frame.Chunk(content), Frame.End($$"""{"id":1,"crc32c":"{{Frame.Sum(content)}}"}"""));
        Assert.Equal(WireError.Mismatch, (await client.ReadAsync()).Error);
        Assert.Equal(300_000, Assert.Single(await UploadsAsync(client)).Received);
        await AssertMissingAsync("file");
        Assert.Contains("Stopped by its client, who may go on: put file of alex, 300000 bytes came", log.Lines);
        Assert.DoesNotContain(log.Lines, line => line.StartsWith("Refused", StringComparison.Ordinal));
    }

    private async Task CutAsync(string path, string upload, byte[] content, int at)
    {
        WireClient cut = await LoginAsync();
        await cut.SendAsync($$"""{"cmd":"put","id":1,"path":"{{path}}","body":{{content.Length}},"upload":"{{upload}}"}""", content[..at]);
        cut.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        Assert.True(await cut.IsClosedAsync());
    }

    private static async Task<List<ListLine>> UploadsAsync(WireClient client) =>
        Listings.Decode(await client.AskAsync("""{"cmd":"uploads","id":77}"""));
}
