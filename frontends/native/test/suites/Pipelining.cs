using System.Security.Cryptography;
using Argosy.Files;

namespace Argosy.Native.Tests;

/// <summary>docs/protocol.md section 2: requests without waiting, replies in their order.</summary>
[AlsoInMemory]
public sealed class Pipelining : ProtocolTest
{
    [Theory]
    [EverySetup]
    public async Task A_thousand_puts_in_one_burst_are_answered_in_order_in_few_segments()
    {
        Start();
        WireClient client = await LoginAsync();
        byte[] content = RandomNumberGenerator.GetBytes(2_000);
        byte[] burst =
        [
            .. Enumerable.Range(0, 1_000).SelectMany(i => (byte[])
                [.. Frame.Of($$"""{"cmd":"put","id":{{i}},"path":"f{{i}}","body":2000,"crc32c":"{{Frame.Sum(content)}}"}"""), .. content]),
        ];
        Task sending = client.SendAsync(burst);

        for (int i = 0; i < 1_000; i++)
        {
            Answer answer = await client.ReadAsync();
            Assert.Equal((i, true), (answer.Id, answer.IsOk));
        }

        await sending;
        Assert.Equal(1_000, Listings.Decode(await client.AskAsync("""{"cmd":"ls"}""")).Count);
    }

    [Theory]
    [EverySetup]
    public async Task Commands_of_all_kinds_keep_their_order()
    {
        Start();
        WireClient client = await LoginAsync();
        byte[] content = RandomNumberGenerator.GetBytes(200_000);
        await client.SendAsync(
            Frame.Of("""{"cmd":"mkdir","id":1,"path":"d"}"""),
            Frame.Of("""{"cmd":"put","id":2,"path":"d/f","body":"chunked"}"""), Frame.Chunk(content), Frame.End("""{"id":2}"""),
            Frame.Of("""{"cmd":"get","id":3,"path":"d/f"}"""),
            Frame.Of("""{"cmd":"get","id":4,"path":"missing"}"""),
            Frame.Of("""{"cmd":"get","id":5,"path":"d/f","length":10}"""),
            Frame.Of("""{"cmd":"ls","id":6,"path":"d"}"""),
            Frame.Of("""{"cmd":"rm","id":7,"path":"d/f"}"""),
            Frame.Of("""{"cmd":"bye","id":8}"""));

        for (int id = 1; id <= 8; id++)
        {
            Answer answer = await client.ReadAsync();
            Assert.Equal((id, id != 4), (answer.Id, answer.IsOk));
            if (id == 3)
                Assert.Equal(content, answer.Body);
        }

        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [EverySetup]
    public async Task A_client_that_reads_only_at_the_end_is_served()
    {
        Start(anonymous: AnonymousAccess.ReadWrite);
        WireClient client = await ConnectAsync();
        byte[] content = RandomNumberGenerator.GetBytes(1_000_000);
        for (int i = 0; i < 3; i++)
            await client.SendAsync($$"""{"cmd":"put","id":{{i}},"path":"f{{i}}","size":1000000}""", content);
        for (int i = 0; i < 3; i++)
            Assert.Equal((i, true), ((await client.ReadAsync()) is { } answer ? (answer.Id, answer.IsOk) : default));
    }

    [Theory]
    [EverySetup]
    public async Task A_reply_is_not_held_back_while_the_client_waits_for_it_within_its_next_request()
    {
        Start(anonymous: AnonymousAccess.ReadWrite);
        WireClient client = await ConnectAsync();
        await client.SendAsync(
            Frame.Of("""{"cmd":"put","id":1,"path":"a","size":1}"""), [1], Frame.Of("""{"cmd":"put","id":2,"path":"b","size":2}"""), [1]);

        Assert.Equal(1, (await client.ReadAsync()).Id);
        await client.SendAsync([2]);
        Assert.Equal(2, (await client.ReadAsync()).Id);
    }
}
