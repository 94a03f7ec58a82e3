using Argosy.Native.Tests;

namespace Argosy.Server.Tests.Attack;

/// <summary>
/// Several clients of one account do everything at once that takes or gives room, through the whole server, while a watcher looks at the disk: what the home
/// shows is never over the quota by a byte, and usage is exact in the end. What has come of unfinished uploads counts as used; of an upload that replaces a
/// file only the difference does, so that what is staged beside the home may be up to twice the quota more (docs/security.md, known limits).
/// </summary>
public sealed class QuotaBattleTests
{
    private const long MostBytes = 40_000;
    private const int Clients = 4;

    [Theory]
    [InlineData("threads")]
    [InlineData("epoll")]
    [InlineData("prefork")]
    public async Task A_home_is_never_over_its_quota_by_a_byte_whatever_is_done_at_once(string model)
    {
        await using var server = new WholeServer(model, accounts: [WholeServer.Account(WholeServer.User) with { QuotaBytes = MostBytes, QuotaFiles = 20 }]);
        var clients = new List<WireClient>();
        for (var i = 0; i < Clients; i++) clients.Add(await server.LoginAsync());
        using var over = new CancellationTokenSource();
        var watching = Task.Run(() => WatchAsync(server, over.Token));

        var fights = await Task.WhenAll(clients.Select((client, seed) => Task.Run(() => FightAsync(client, new Random(seed)))));
        await over.CancelAsync();
        var (looks, most, files, staged) = await watching;
        TestContext.Current.SendDiagnosticMessage("{0} done, {1} over quota, {2} looks, at most {3} bytes and {4} staged", fights.Sum(each => each.Done), fights.Sum(each => each.Over), looks, most, staged);
        Assert.InRange(staged, 1, 3 * MostBytes);
        Assert.InRange(most, MostBytes / 2, MostBytes);
        Assert.InRange(files, 1, 20);
        Assert.True(looks >= 10, $"The watcher saw no more than {looks} moments.");
        Assert.True(fights.Sum(each => each.Over) > 0 && fights.Sum(each => each.Done) > fights.Sum(each => each.Over) / 4, "It was no fight for room.");

        // With nothing unfinished left, usage is what the home shows.
        foreach (var id in Enumerable.Range(0, 3)) await clients[0].AskAsync($$"""{"cmd":"uploads","discard":"{{id}}"}""");
        var quota = (await clients[1].AskAsync("""{"cmd":"quota"}""")).Reply;
        var there = Disk.At(server.InRoot(WholeServer.User))!;
        Assert.Equal((there.Sum(file => file.Size), there.Count), (quota.Bytes, (int?)quota.Files));
        foreach (var client in clients) await client.DisposeAsync();
    }

    /// <summary>The most bytes and files that the home showed, and the most bytes that were staged, at any moment that was seen.</summary>
    private static async Task<(int Looks, long Most, int Files, long Staged)> WatchAsync(WholeServer server, CancellationToken over)
    {
        var (looks, most, files, staged) = (0, 0L, 0, 0L);
        while (!over.IsCancellationRequested)
        {
            if (Disk.At(server.InRoot(WholeServer.User)) is { } there)
                (looks, most, files) = (looks + 1, Math.Max(most, there.Sum(file => file.Size)), Math.Max(files, there.Count));
            if (Disk.At(server.InData("staging")) is { } unfinished) staged = Math.Max(staged, unfinished.Sum(file => file.Size));
            await Task.Delay(5, CancellationToken.None);
        }

        return (looks, most, files, staged);
    }

    private static async Task<(int Done, int Over)> FightAsync(WireClient client, Random random)
    {
        var (done, over) = (0, 0);
        for (var round = 0; round < Attack.Count(150, 975); round++)
        {
            foreach (var answer in await DoAsync(client, random))
            {
                if (answer.IsOk) done++;
                if (answer.Error == Wire.WireError.OverQuota) over++;
            }
        }

        return (done, over);
    }

    private static async Task<List<Answer>> DoAsync(WireClient client, Random random)
    {
        string name = Name(random), other = Name(random);
        var content = new byte[random.Next(12_000)];
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                return [await client.PutAsync(name, content)];
            case 3 or 4:
                return await ResumeAsync(client, name, content, random.Next(3));
            case 5:
                return [await client.AskAsync($$"""{"cmd":"rm","path":"{{name}}"}""")];
            case 6 or 7:
                return [await client.AskAsync($$"""{"cmd":"mv","path":"{{name}}","to":"{{other}}"}""")];
            case 8 or 9:
                return [await client.AskAsync($$"""{"cmd":"cp","path":"{{name}}","to":"{{other}}"}""")];
            case 10:
                return [await client.AskAsync($$"""{"cmd":"ln","path":"{{name}}","target":"{{other}}"}""")];
            default:
                return random.Next(4) == 0
                    ? [await client.AskAsync("""{"cmd":"rmdir","path":"/folder","recursive":true}""")]
                    : [await client.AskAsync("""{"cmd":"mkdir","path":"/folder","parents":true}""")];
        }
    }

    /// <summary>A part of an upload, and in two of three cases the rest of it afterwards; its bytes count from the moment that they are taken.</summary>
    private static async Task<List<Answer>> ResumeAsync(WireClient client, string name, byte[] content, int id)
    {
        var half = content.Length / 2;
        var put = $$"""{"cmd":"put","path":"{{name}}","size":{{content.Length}},"upload":"{{id}}",""";
        var begun = await client.AskAsync($$"""{{put}}"offset":0,"more":true,"body":{{half}}}""", content[..half]);
        if (!begun.IsOk || content.Length % 3 == 0) return [begun];
        return [begun, await client.AskAsync($$"""{{put}}"offset":{{half}},"body":{{content.Length - half}}}""", content[half..])];
    }

    private static string Name(Random random) => random.Next(3) == 0 ? $"/folder/{random.Next(6)}" : $"/{random.Next(12)}";
}
