namespace Argosy.Cli.Tests.Spine;

/// <summary>A file above 4 GiB: complete, and in no more memory than a small one.</summary>
public sealed class HugeFileTests
{
    private const long Size = (1L << 32) + 4_097;
    private const long MemoryAllowed = 100 << 20;

    public static TheoryData<bool, string, bool, bool> Cases()
    {
        (bool Tls, string Model, bool Up, bool Verify)[] always = [(true, "async", true, true), (false, "threads", false, true)];
        var every =
            from tls in (bool[])[true, false]
            from model in (string[])["async", "threads"]
            from up in (bool[])[true, false]
            from verify in tls ? [true] : (bool[])[true, false]
            select (tls, model, up, verify);
        return new(Check.All ? every : always);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_file_above_4_GiB_is_whole_and_grows_no_memory(bool tls, string model, bool up, bool verify)
    {
        await using var deployment = await Deployment.StartAsync(new TempFolder(Roomy()), quota: null, "--model", model);
        var small = deployment.Home.Write("small", "small");
        string[] verb = [up ? "put" : "get", .. verify ? [] : (string[])["--no-verify"]];
        await deployment.DoAsync("put", small, deployment.Url("/small", tls));
        var (_, usual) = await deployment.MeasureAsync([.. verb, .. Words("small")]);

        string local = deployment.Home["huge"], remote = deployment.Stored("huge");
        Contents.WriteSparse(up ? local : remote, Size);
        var memory = new Memory(deployment.Server.Id);
        var (result, peak) = await deployment.MeasureAsync([.. verb, .. Words("huge")]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Contents.AssertSame(up ? local : remote, up ? remote : local);
        TestContext.Current.TestOutputHelper!.WriteLine($"grew: server by {memory.Grown >> 20} MiB, client by {(peak - usual) >> 20} from {usual >> 20} MiB");
        Assert.InRange(memory.Grown, 0, MemoryAllowed);
        Assert.InRange(peak - usual, long.MinValue, MemoryAllowed);
        await deployment.AssertNothingIsStagedAsync();

        string[] Words(string name) => up
            ? [deployment.Home[name], deployment.Url("/" + name, tls)]
            : [deployment.Url("/" + name, tls), deployment.Home[name]];
    }

    // Memory is faster than a disk where there is plenty of it; 4 GiB are written, and other tests want some too.
    private static string? Roomy()
    {
        const long Enough = 12L << 30;
        return new DriveInfo("/dev/shm") is { IsReady: true, AvailableFreeSpace: > Enough } && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > Enough
            ? "/dev/shm"
            : null;
    }
}
