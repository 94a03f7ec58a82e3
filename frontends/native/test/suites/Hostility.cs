using Argosy.Files;
using Argosy.FrontEnds;

namespace Argosy.Native.Tests;

/// <summary>
/// Whole sessions with something wrong in them, from fixed seeds: an error of the protocol is the worst that comes of it. Many more where everything is
/// to be checked.
/// </summary>
public sealed class Hostility : ProtocolTest
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 3_000).Select(i => (byte)(i * 7))];

    // The end of what was sent ends each session, so nothing has to time out; only last words are not waited for.
    private static readonly NativeOptions Brief = new() { AllowPlain = true, LingerTime = TimeSpan.FromMilliseconds(20), MaxUnauthenticatedPerAddress = 0 };

    [Theory]
    [EverySetup]
    public async Task Sessions_with_bytes_changed_left_out_repeated_or_put_in_harm_nobody()
    {
        Start(Brief, AnonymousAccess.ReadWrite, bans: new BanRule { Failures = 0 });
        byte[] session = Session(Content, seal: false);
        await Parallel.ForAsync(0, EverySetupAttribute.ChecksAll ? 5_000 : 60, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (seed, _) =>
        {
            await using WireClient client = await WireClient.ConnectAsync(Server.EndPoint);
            await SendAsync(client, Mutate(session, new Random(seed)));
        });

        await AssertServesAsync();
        Assert.Equal([World.Root], Directory.GetDirectories(Path.GetDirectoryName(World.Root)!, "root*"));
    }

    [Theory]
    [EverySetup]
    public async Task No_single_bit_of_a_sealed_session_changes_what_is_stored()
    {
        Start(Brief, AnonymousAccess.ReadWrite, bans: new BanRule { Failures = 0 });
        byte[] content = Content[..40];
        byte[] session = Session(content, seal: true);
        int step = EverySetupAttribute.ChecksAll ? 1 : 97;
        await Parallel.ForAsync(0, session.Length * 8 / step, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            byte[] damaged = [.. session];
            damaged[i * step / 8] ^= (byte)(1 << (i * step % 8));
            await using WireClient client = await WireClient.ConnectAsync(Server.EndPoint);
            await SendAsync(client, damaged);
        });

        string[] known = ["d", "f", "g", "h"];
        foreach (string path in Directory.GetFileSystemEntries(World.Root).Where(path => !FileWorld.Names.Contains(Path.GetFileName(path))))
        {
            Assert.Contains(Path.GetFileName(path), known);
            if (File.Exists(path))
                Assert.Equal(content, await File.ReadAllBytesAsync(path));
        }

        await AssertServesAsync();
    }

    /// <summary>One of every command, as a visitor says them.</summary>
    private static byte[] Session(byte[] content, bool seal)
    {
        byte[] Say(string json) => seal ? Frame.Sealed(json) : Frame.Of(json);
        int half = content.Length / 2;
        string sum = Frame.Sum(content);
        return
        [
            .. Say("""{"cmd":"hello","id":1,"version":1}"""), .. Say("""{"cmd":"auth","id":2,"mechanism":"ANONYMOUS"}"""),
            .. Say($$"""{"cmd":"put","id":3,"path":"f","body":{{content.Length}},"crc32c":"{{sum}}"}"""), .. content,
            .. Say("""{"cmd":"put","id":4,"path":"g","body":"chunked"}"""), .. Frame.Chunk(content[..half]), .. Frame.Chunk(content[half..]),
            .. Frame.Length(0), .. Say($$"""{"id":4,"crc32c":"{{sum}}"}"""),
            .. Say($$"""{"cmd":"put","id":5,"path":"h","size":{{content.Length}},"upload":"u","body":{{half}},"crc32c":"{{Frame.Sum(content[..half])}}"}"""),
            .. content[..half],
            .. Say("""{"cmd":"blocks","id":6,"path":"h","upload":"u","block":4096}"""), .. Say("""{"cmd":"uploads","id":7}"""),
            .. Say($$"""{"cmd":"put","id":8,"path":"h","size":{{content.Length}},"upload":"u","offset":0,"more":true,"body":10,"crc32c":"{{Frame.Sum(content[..10])}}"}"""),
            .. content[..10],
            .. Say("""{"cmd":"mkdir","id":9,"path":"d"}"""), .. Say("""{"cmd":"ls","id":10}"""), .. Say("""{"cmd":"stat","id":11,"path":"f"}"""),
            .. Say("""{"cmd":"get","id":12,"path":"f"}"""), .. Say("""{"cmd":"hash","id":13,"path":"f","algorithm":"sha256"}"""),
            .. Say("""{"cmd":"cd","id":14,"path":"d"}"""), .. Say("""{"cmd":"pwd","id":15}"""), .. Say("""{"cmd":"quota","id":16}"""), .. Say("""{"cmd":"bye","id":17}"""),
        ];
    }

    private static byte[] Mutate(byte[] session, Random random)
    {
        var bytes = new List<byte>(session);
        for (int times = random.Next(1, 6); times > 0; times--)
        {
            int at = random.Next(bytes.Count), length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes[at] = (byte)random.Next(256);
                    break;
                default:
                    byte[] noise = new byte[length];
                    random.NextBytes(noise);
                    bytes.InsertRange(at, noise);
                    break;
            }
        }

        return [.. bytes];
    }

    private static async Task SendAsync(WireClient client, byte[] session)
    {
        try
        {
            await client.SendAsync(session);
            client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            // The server has had enough.
        }

        Assert.True(await client.IsClosedAsync());
    }

    private async Task AssertServesAsync()
    {
        WireClient good = await LoginAsync();
        Assert.True((await good.PutAsync("good", Content)).IsOk);
        Assert.Equal(Content, (await good.GetAsync("good")).Body);
    }
}
