namespace Argosy.Cli.Tests.Spine;

/// <summary>
/// A disk that is full: a file system of 96 MiB, mounted for the server's process alone (mount_namespaces(7)), which others see
/// through <c>/proc/PID/root</c>.
/// </summary>
public sealed class FullDiskTests
{
    private const long Disk = 96 << 20;

    [Theory]
    [InlineData("async", "0", false)]
    [InlineData("threads", "0", true)]
    [InlineData("async", "32M", false)]
    public async Task A_full_disk_is_a_clear_error_and_costs_nobody_a_file(string model, string minFree, bool tls)
    {
        var home = new TempFolder();
        Directory.CreateDirectory(home["share"]);
        var config = home.Write("serve.json", $$"""{ "Files": { "MinFree": "{{minFree}}" } }""");
        var mounting = await OwnMounts.RunAsync(home, $"mount -t tmpfs -o size={Disk},mode=755 tmpfs '{home["share"]}'");
        await using var deployment = await Deployment.StartWithinAsync(mounting, home, quota: null, "--model", model, "--config", config);
        await File.WriteAllBytesAsync(deployment.Home["small"], Contents.Random(1 << 20, 1));
        await File.WriteAllBytesAsync(deployment.Home["large"], Contents.Random((int)Disk + (1 << 20), 2));
        await deployment.DoAsync("put", deployment.Home["small"], deployment.Url("/kept", tls));

        // A length that is known beforehand, one that is not, and one over a file that is there.
        var known = await deployment.RunAsync("put", deployment.Home["large"], deployment.Url("/large", tls));
        await using var upload = deployment.BeginPut("/piped", tls);
        var filling = FillAsync(upload, await File.ReadAllBytesAsync(deployment.Home["large"]));
        var piped = await upload.WaitAsync();
        await filling;
        var over = await deployment.RunAsync("put", deployment.Home["large"], deployment.Url("/kept", tls));
        foreach (var refused in new[] { known, piped, over })
        {
            Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
            Assert.Matches("(?i)space|full", Assert.Single(refused.Error.TrimEnd().Split('\n')));
        }

        // Service goes on, nothing is half there, the room is free again.
        Assert.Equal("kept\n", await deployment.DoAsync("ls", "-a", deployment.Url("/", tls)));
        await deployment.DoAsync("get", deployment.Url("/kept", tls), deployment.Home["back"]);
        Contents.AssertSame(deployment.Home["small"], deployment.Home["back"]);
        await deployment.DoAsync("put", deployment.Home["small"], deployment.Url("/another", tls));
        await using var session = await deployment.ConnectAsync(tls);
        var quota = await session.QuotaAsync();
        Assert.Equal((2L << 20, 2L), (quota.Bytes, quota.Files));
        Assert.Empty(Deployment.StagedIn($"/proc/{deployment.Server.Id}/root{home["share"]}"));
    }

    [Fact]
    public async Task Without_a_single_free_byte_it_still_lists_reads_removes_and_lets_people_in()
    {
        var home = new TempFolder();
        foreach (var folder in (string[])["share", "disk"]) Directory.CreateDirectory(home[folder]);

        // Homes and data folder on one disk: accounts, usage and staging have no room either.
        var mounting = await OwnMounts.RunAsync(
            home,
            $"""
            cd '{home.Path}'; mount -t tmpfs -o size={Disk},mode=700 tmpfs disk; mkdir disk/share; cp -a data disk/data
            mount --bind disk/share share; mount --bind disk/data data
            """);
        var config = home.Write("serve.json", """{ "Files": { "MinFree": "0" } }""");
        await using var deployment = await Deployment.StartWithinAsync(mounting, home, quota: 50 << 20, "--config", config);
        await File.WriteAllBytesAsync(deployment.Home["file"], Contents.Random(100_000, 1));
        await deployment.DoAsync("put", deployment.Home["file"], deployment.Url("/kept"));
        var filler = $"/proc/{deployment.Server.Id}/root{home["disk/filler"]}";
        Fill(filler);

        await deployment.DoAsync("get", deployment.Url("/kept"), deployment.Home["back"]);
        Contents.AssertSame(deployment.Home["file"], deployment.Home["back"]);
        Assert.Equal("kept\n", await deployment.DoAsync("ls", deployment.Url("/", tls: true)));
        var refused = await deployment.RunAsync("put", deployment.Home["file"], deployment.Url("/more"));
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Matches("(?i)space|full", Assert.Single(refused.Error.TrimEnd().Split('\n')));
        await deployment.DoAsync("rm", deployment.Url("/kept"));
        Assert.Equal("", await deployment.DoAsync("ls", deployment.Url("/")));

        File.Delete(filler);
        await deployment.DoAsync("put", deployment.Home["file"], deployment.Url("/more"));
        await using var session = await deployment.ConnectAsync();
        var quota = await session.QuotaAsync();
        Assert.Equal((100_000L, 1L), (quota.Bytes, quota.Files));
    }

    private static void Fill(string file)
    {
        using var filler = File.OpenHandle(file, FileMode.CreateNew, FileAccess.Write);
        var page = new byte[4096];
        try
        {
            for (long at = 0; at <= Disk; at += page.Length) RandomAccess.Write(filler, page, at);
        }
        catch (IOException)
        {
            return; // There is none left.
        }

        Assert.Fail("The disk does not get full");
    }

    private static async Task FillAsync(HeldUpload upload, byte[] content)
    {
        try
        {
            await upload.WriteAsync(content);
            upload.Close();
        }
        catch (IOException)
        {
            return; // It was refused before it had everything, as it should be.
        }
    }
}
