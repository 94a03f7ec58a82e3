namespace Argosy.Cli.Tests.Spine;

/// <summary>The server is killed: what it acknowledged is whole, what it did not is absent, and usage is right after the restart.</summary>
public sealed class CrashTests
{
    public static TheoryData<string> SomeModels => Check.SomeModels;

    private const int SigKill = 9;

    [Theory]
    [MemberData(nameof(SomeModels))]
    public async Task Killed_in_the_middle_of_uploads_it_keeps_what_was_acknowledged_and_nothing_else(string model)
    {
        await using var deployment = await Deployment.StartAsync(new TempFolder(), quota: 10 << 20, "--model", model);
        byte[] large = Contents.Random(2 << 20, 1), small = Contents.Random(5_000, 2);
        await File.WriteAllBytesAsync(deployment.Home["large"], large);
        await File.WriteAllBytesAsync(deployment.Home["small"], small);
        await deployment.DoAsync("put", deployment.Home["large"], deployment.Home["small"], deployment.Url("/"));
        await using var young = deployment.BeginPut("/young");
        await using var over = deployment.BeginPut("/small");
        await young.WriteAsync(Contents.Random(1 << 20, 3));
        await over.WriteAsync(Contents.Random(1 << 20, 4));
        await deployment.WaitForStagedAsync(2);

        // Worker processes notice a moment later; until then they may still finish, and acknowledge, what a client completes.
        var processes = ProcessTree.ChildrenOf(deployment.Server.Id).Append(deployment.Server.Id).ToList();
        deployment.Server.Signal(SigKill);
        await Poll.UntilAsync(() => !processes.Any(ProcessTree.Runs), () => "It is not dead");
        foreach (var client in new[] { young, over })
        {
            var result = await client.FinishAsync();
            Assert.Contains(result.ExitCode, (int[])[3, 4]);
            Assert.Single(result.Error.TrimEnd().Split('\n'));
        }

        await deployment.RestartAsync();
        await using var session = await deployment.ConnectAsync();
        var quota = await session.QuotaAsync();
        Assert.Equal((large.Length + small.Length, 2, 10L << 20), (quota.Bytes, quota.Files, quota.BytesLimit));
        Assert.Equal(large, await File.ReadAllBytesAsync(deployment.Stored("large")));
        Assert.Equal(small, await File.ReadAllBytesAsync(deployment.Stored("small")));
        Assert.Equal(2, Directory.GetFileSystemEntries(deployment.Stored("")).Length);
        await deployment.AssertNothingIsStagedAsync();

        // All of the quota that is left can be used, and no more.
        await File.WriteAllBytesAsync(deployment.Home["rest"], new byte[(10 << 20) - large.Length - small.Length]);
        await deployment.DoAsync("put", deployment.Home["rest"], deployment.Url("/rest"));
        Assert.Equal(1, (await deployment.RunAsync("put", deployment.Home.Write("one", "1"), deployment.Url("/one"))).ExitCode);
    }

    [Fact]
    public async Task Killed_among_many_small_files_it_loses_none_that_it_acknowledged()
    {
        const int Count = 2_000;
        await using var deployment = await Deployment.StartAsync();
        Directory.CreateDirectory(deployment.Home["files"]);
        var files = Enumerable.Range(0, Count).Select(number => deployment.Home[$"files/{number:0000}"]).ToArray();
        foreach (var (number, file) in files.Index()) await File.WriteAllBytesAsync(file, Contents.Random(number, number));

        for (var round = 0; round < (Check.All ? 100 : 2); round++)
        {
            var folder = $"/round{round}";
            await deployment.DoAsync("mkdir", deployment.Url(folder));
            // One request for each, and one for many (packs).
            var putting = round % 2 == 0
                ? deployment.RunAsync(["put", .. files, deployment.Url(folder)])
                : deployment.RunAsync("put", "-r", deployment.Home["files"], deployment.Url(folder + "/"));
            var reached = (round * 137 % Count) + 1;
            await Poll.UntilAsync(
                () => Directory.GetFiles(deployment.Stored(folder[1..]), "*", SearchOption.AllDirectories).Length >= reached || putting.IsCompleted, () => "Nothing arrives");
            deployment.Server.Signal(SigKill);
            var result = await putting;

            await deployment.RestartAsync();
            await using var session = await deployment.ConnectAsync();
            var quota = await session.QuotaAsync();
            foreach (var line in result.Output.Split('\n').Where(line => line.StartsWith('/')))
                Assert.True(Path.Exists(deployment.Stored(line.Split(' ')[0][1..])), $"acknowledged, but missing: {line}");
            var stored = Directory.GetFiles(deployment.Stored(""), "*", SearchOption.AllDirectories);
            foreach (var file in stored) Contents.AssertSame(deployment.Home["files/" + Path.GetFileName(file)], file);
            Assert.Equal((stored.Sum(file => new FileInfo(file).Length), stored.Length), (quota.Bytes, quota.Files));
            await deployment.AssertNothingIsStagedAsync();
            if (round % 8 == 7) // What is there is read whole in each round.
                foreach (var old in Directory.GetDirectories(deployment.Stored(""))) await deployment.DoAsync("rm", "-r", deployment.Url("/" + Path.GetFileName(old)));
        }
    }
}
