using System.Security.Cryptography;
using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>docs/protocol.md section 4: <c>get</c>, whole and in parts, verified and not.</summary>
[AlsoInMemory]
public sealed class Downloading : ProtocolTest
{
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(1_000_000);

    [Theory]
    [EverySetup(0)]
    [EverySetup(1)]
    [EverySetup(65_536)]
    public async Task A_small_file_comes_as_an_exact_body_with_its_sum_in_the_header(int size)
    {
        Start();
        WireClient client = await LoginAsync();
        await client.PutAsync("file", _content[..size]);

        Answer answer = await client.AskAsync("""{"cmd":"get","id":4,"path":"file"}""");

        Assert.Equal((4, size, 0), (answer.Id, answer.Reply.Size, answer.Reply.Offset));
        Assert.Equal(size, answer.Reply.Body.Length);
        Assert.Equal(Crc32C.Of(answer.Body), answer.Reply.Crc32C);
        Assert.Equal(_content[..size], answer.Body);
    }

    [Theory]
    [EverySetup(65_537)]
    [EverySetup(1_000_000)]
    public async Task A_large_file_comes_in_chunks_with_its_sum_in_the_trailer(int size)
    {
        Start();
        WireClient client = await LoginAsync();
        await client.PutAsync("file", _content[..size]);

        Answer answer = await client.AskAsync("""{"cmd":"get","id":4,"path":"file"}""");

        Assert.True(answer.Reply.Body.IsChunked);
        Assert.Equal(4, answer.Trailer!.Id);
        Assert.Equal(Crc32C.Of(answer.Body), answer.Trailer.Crc32C);
        Assert.Equal(_content[..size], answer.Body);
    }

    [Theory]
    [EverySetup(10)]
    [EverySetup(1_000_000)]
    public async Task Without_a_check_no_sum_is_given(int size)
    {
        Start();
        WireClient client = await LoginAsync();
        await client.PutAsync("file", _content[..size]);

        Answer answer = await client.AskAsync("""{"cmd":"get","path":"file","check":"none"}""");

        Assert.Null(answer.Reply.Crc32C ?? answer.Trailer?.Crc32C);
        Assert.Equal(_content[..size], answer.Body);
    }

    [Theory]
    [EverySetup(0, 10)]
    [EverySetup(999_990, 100)]
    [EverySetup(5, 700_000)]
    [EverySetup(1_000_000, 5)]
    [EverySetup(2_000_000, 5)]
    [EverySetup(3, 0)]
    public async Task A_part_comes_alone(int offset, int length)
    {
        Start();
        WireClient client = await LoginAsync();
        await client.PutAsync("file", _content);

        foreach (string check in (string[])["crc32c", "none"])
        {
            Answer answer = await client.AskAsync(
                $$"""{"cmd":"get","path":"file","offset":{{offset}},"length":{{length}},"check":"{{check}}"}""");
            Assert.Equal(_content.Skip(offset).Take(length), answer.Body);
            Assert.Equal((1_000_000, offset), (answer.Reply.Size, answer.Reply.Offset));
        }
    }

    [Theory]
    [EverySetup("\"offset\":-1", WireError.BadRequest)]
    [EverySetup("\"length\":-1", WireError.BadRequest)]
    [EverySetup("\"offset\":\"0\"", WireError.BadRequest)]
    [EverySetup("\"check\":\"sha1\"", WireError.Unsupported)]
    public async Task Wrong_values_are_refused(string value, WireError error)
    {
        Start();
        WireClient client = await LoginAsync();
        await client.PutAsync("file", _content[..10]);

        Answer answer = await client.AskAsync($$"""{"cmd":"get","path":"file",{{value}}}""");

        Assert.True(answer.Error == error || answer.Error == WireError.BadRequest);
    }

    [Theory]
    [EverySetup]
    public async Task What_is_no_file_is_refused()
    {
        Start();
        WireClient client = await LoginAsync();
        await client.AskAsync("""{"cmd":"mkdir","path":"folder"}""");

        Assert.Equal(WireError.NotFound, (await client.GetAsync("missing")).Error);
        Assert.Equal(WireError.IsAFolder, (await client.GetAsync("folder")).Error);
    }

    [Theory]
    [EverySetup]
    public async Task A_client_that_does_not_read_is_cut_after_the_stall_time()
    {
        Start(new NativeOptions { AllowPlain = true, StallTime = TimeSpan.FromMilliseconds(300) });
        WireClient client = await LoginAsync();
        await client.PutAsync("file", _content);
        for (int i = 0; i < 40; i++)
            await client.SendAsync("""{"cmd":"get","path":"file"}""");

        WireClient other = await LoginAsync();
        Assert.True((await other.AskAsync("""{"cmd":"ping"}""")).IsOk);
        while (Server.ActiveConnections > 1)
            await Task.Delay(20);
    }
}
