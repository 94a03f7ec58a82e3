namespace Argosy.Cli.Tests.Spine;

/// <summary>What others see of a file while it is being written: the old version or nothing, then the new one, always whole.</summary>
public sealed class AtomicTests
{
    private static readonly byte[] Half = Contents.Random(300_000, 7);

    public static TheoryData<bool, string> Some => Check.HalfOfTransportsAndModels(second: false);

    public static TheoryData<bool, string> Others => Check.HalfOfTransportsAndModels(second: true);

    [Theory]
    [MemberData(nameof(Some))]
    public async Task A_reader_sees_the_old_version_until_the_new_one_is_complete(bool tls, string model)
    {
        await using var deployment = await Deployment.StartAsync("--model", model);
        await deployment.DoAsync("put", deployment.Home.Write("old", "the old version"), deployment.Url("/file", tls));
        await using var upload = deployment.BeginPut("/file", tls);
        await upload.WriteAsync(Half);
        await deployment.WaitForStagedAsync();

        Assert.Equal("the old version", await deployment.DoAsync("get", deployment.Url("/file", tls), "-"));
        Assert.Equal("file\n", await deployment.DoAsync("ls", "-a", deployment.Url("/", tls)));

        await upload.WriteAsync(Half);
        Assert.Equal(0, (await upload.FinishAsync()).ExitCode);
        await deployment.DoAsync("get", deployment.Url("/file", tls), deployment.Home["new"]);
        Assert.Equal((byte[])[.. Half, .. Half], await File.ReadAllBytesAsync(deployment.Home["new"]));
        await deployment.AssertNothingIsStagedAsync();
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task A_reader_of_a_new_file_sees_nothing_until_it_is_complete(bool tls, string model)
    {
        await using var deployment = await Deployment.StartAsync("--model", model);
        await using var upload = deployment.BeginPut("/file", tls);
        await upload.WriteAsync(Half);
        await deployment.WaitForStagedAsync();

        var get = await deployment.RunAsync("get", deployment.Url("/file", tls), deployment.Home["back"]);
        Assert.Equal(1, get.ExitCode);
        Assert.False(File.Exists(deployment.Home["back"]));
        Assert.Equal("", await deployment.DoAsync("ls", "-a", deployment.Url("/", tls)));
        Assert.False(File.Exists(deployment.Stored("file")));

        Assert.Equal(0, (await upload.FinishAsync()).ExitCode);
        Assert.Equal(Half, await File.ReadAllBytesAsync(deployment.Stored("file")));
    }

    [Fact]
    public async Task A_reader_in_the_middle_of_the_old_version_gets_all_of_it()
    {
        await using var deployment = await Deployment.StartAsync();
        byte[] old = Contents.Random(32 << 20, 1), young = Contents.Random(1000, 2);
        await File.WriteAllBytesAsync(deployment.Home["old"], old);
        await File.WriteAllBytesAsync(deployment.Home["young"], young);
        await deployment.DoAsync("put", deployment.Home["old"], deployment.Url("/file"));

        // A reader whose own disk is slow, far from the end: 32 MiB do not fit into the sockets between.
        await using var client = await deployment.ConnectAsync();
        var sink = new GatedStream();
        var reading = client.GetAsync("/file", sink);
        await sink.Reached.WaitAsync(ArgosyCommand.Patience);
        await deployment.DoAsync("put", deployment.Home["young"], deployment.Url("/file"));
        sink.Open();
        await reading.WaitAsync(ArgosyCommand.Patience);

        Assert.True(old.AsSpan().SequenceEqual(sink.Written));
        Assert.Equal(young, await File.ReadAllBytesAsync(deployment.Stored("file")));
    }

    [Theory]
    [MemberData(nameof(Some))]
    public async Task Two_writers_of_one_name_end_with_one_whole_version(bool tls, string model)
    {
        await using var deployment = await Deployment.StartAsync("--model", model);
        for (var round = 0; round < (Check.All ? 10 : 1); round++)
        {
            byte[][] versions = [Contents.Random(400_000, round), Contents.Random(500_000, 100 + round)];
            await using var first = deployment.BeginPut("/file", tls);
            await using var second = deployment.BeginPut("/file", tls);
            await Task.WhenAll(first.WriteAsync(versions[0]), second.WriteAsync(versions[1]));
            await deployment.WaitForStagedAsync(2);

            var ends = await Task.WhenAll(first.FinishAsync(), second.FinishAsync());
            Assert.Equal([0, 0], ends.Select(end => end.ExitCode));
            var stored = await File.ReadAllBytesAsync(deployment.Stored("file"));
            Assert.Contains(versions, version => version.AsSpan().SequenceEqual(stored));
        }

        await deployment.AssertNothingIsStagedAsync();
    }

    [Fact]
    public async Task A_writer_that_is_killed_leaves_the_old_version_and_nothing_else()
    {
        await using var deployment = await Deployment.StartAsync();
        await deployment.DoAsync("put", deployment.Home.Write("old", "the old version"), deployment.Url("/file"));
        await using (var upload = deployment.BeginPut("/file"))
        {
            await upload.WriteAsync(Half);
            await deployment.WaitForStagedAsync();
        }

        await deployment.AssertNothingIsStagedAsync();
        Assert.Equal("the old version", await File.ReadAllTextAsync(deployment.Stored("file")));
        Assert.Single(Directory.GetFiles(deployment.Stored("")));
    }
}
