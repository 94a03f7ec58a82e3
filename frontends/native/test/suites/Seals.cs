using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>docs/protocol.md section 1.2: a client that seals its first frame is answered in seals, and damage never becomes a file.</summary>
public sealed class Seals : ProtocolTest
{
    [Theory]
    [EverySetup]
    public async Task A_sealed_client_is_answered_in_seals()
    {
        Start();
        WireClient client = await LoginAsync(seal: true);

        Assert.True((await client.PutAsync("file", Frame.Text("text"))).IsOk);
        AssertText("text", (await client.GetAsync("file")).Body);
        Assert.Single(Listings.Decode(await client.AskAsync("""{"cmd":"ls","id":1}""")));
        Assert.Equal(WireError.NotFound, (await client.GetAsync("missing")).Error);
    }

    [Theory]
    [EverySetup]
    public async Task A_missing_seal_is_damage()
    {
        Start();
        WireClient client = await LoginAsync(seal: true);
        await client.SendAsync(Frame.Of("""{"cmd":"ping","id":1}"""));

        Assert.Equal(WireError.Damaged, (await client.ReadAsync()).Error);
        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [EverySetup]
    public async Task A_wrong_seal_is_damage_also_in_the_first_frame_and_in_a_trailer()
    {
        Start();
        WireClient first = await ConnectAsync();
        byte[] frame = Frame.Sealed("""{"cmd":"ping","id":1}""");
        frame[^3] ^= 1;
        await first.SendAsync(frame);
        await Assert.ThrowsAnyAsync<Exception>(first.ReadAsync);

        WireClient client = await LoginAsync(seal: true);
        await client.SendAsync("""{"cmd":"put","id":1,"path":"file","body":"chunked"}""");
        byte[] trailer = Frame.Sealed($$"""{"id":1,"crc32c":"{{Frame.Sum([7])}}"}""");
        trailer[^3] ^= 1;
        await client.SendAsync(Frame.Chunk([7]), Frame.Length(0), trailer);
        Assert.Equal(WireError.Damaged, (await client.ReadAsync()).Error);
        await AssertMissingAsync("file");
    }

    [Theory]
    [EverySetup]
    public async Task A_sealed_put_needs_a_sum_or_says_that_it_wants_none()
    {
        Start();
        WireClient client = await LoginAsync(seal: true);

        Assert.Equal(WireError.BadRequest, (await client.AskAsync("""{"cmd":"put","path":"file","body":4}""", Frame.Text("text"))).Error);
        await client.SendAsync("""{"cmd":"put","id":1,"path":"file","body":"chunked"}""");
        await client.SendAsync(Frame.Chunk([7]), Frame.Length(0), Frame.Sealed("""{"id":1}"""));
        Assert.Equal(WireError.BadRequest, (await client.ReadAsync()).Error);
        Assert.True((await client.AskAsync("""{"cmd":"put","path":"file","body":4,"check":"none"}""", Frame.Text("text"))).IsOk);
    }

    [Theory]
    [EverySetup(false)]
    [EverySetup(true)]
    public async Task No_single_flipped_bit_publishes_a_wrong_file(bool chunked)
    {
        Start(
            new NativeOptions
            {
                AllowPlain = true,
                FrameTime = TimeSpan.FromMilliseconds(40),
                StallTime = TimeSpan.FromMilliseconds(40),
                LoginTime = TimeSpan.FromMilliseconds(40),
                LingerTime = TimeSpan.FromMilliseconds(20),
                IdleTime = TimeSpan.FromMilliseconds(40),
            },
            Files.AnonymousAccess.ReadWrite);
        byte[] content = Frame.Text("seventeen bytes..");
        byte[] transfer = chunked
            ? [
                .. Frame.Sealed("""{"cmd":"put","id":1,"path":"f","body":"chunked"}"""), .. Frame.Chunk(content[..9]), .. Frame.Chunk(content[9..]),
                .. Frame.Length(0), .. Frame.Sealed($$"""{"id":1,"crc32c":"{{Frame.Sum(content)}}"}"""),
            ]
            : [.. Frame.Sealed($$"""{"cmd":"put","id":1,"path":"f","body":{{content.Length}},"crc32c":"{{Frame.Sum(content)}}"}"""), .. content];

        int published = 0;
        await Parallel.ForAsync(0, transfer.Length * 8, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (bit, _) =>
        {
            byte[] damaged = [.. transfer];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            await using WireClient client = await WireClient.ConnectAsync(Server.EndPoint);
            await client.SendAsync(damaged);
            Assert.True(await client.IsClosedAsync());
            string[] files = Directory.GetFiles(World.Root);
            foreach (string file in files)
            {
                Interlocked.Increment(ref published);
                Assert.Equal("f", Path.GetFileName(file));
                Assert.Equal(content, await File.ReadAllBytesAsync(file));
            }
        });
    }
}
