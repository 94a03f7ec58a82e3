namespace Argosy.Cli.Tests.Spine;

/// <summary>Files of every size go up and come down whole.</summary>
public sealed class SizeTests
{
    private static readonly int[] Sizes = [0, 1, 4_095, 4_096, 4_097, 64 << 20];

    public static TheoryData<bool, string> TransportsAndModels => Check.TransportsAndModels();

    [Theory]
    [MemberData(nameof(TransportsAndModels))]
    public Task Files_come_back_as_they_went(bool tls, string model) => RoundTripAsync(tls, model);

    // The kernel moves the bytes of such a download: another way through the server.
    [Theory]
    [InlineData("async")]
    [InlineData("threads")]
    public Task Files_come_back_without_a_checksum_too(string model) => RoundTripAsync(tls: false, model, "--no-verify");

    private static async Task RoundTripAsync(bool tls, string model, params string[] options)
    {
        await using var deployment = await Deployment.StartAsync("--model", model);
        var files = Sizes.Select(size => deployment.Home[$"{size}.bin"]).ToList();
        foreach (var (size, file) in Sizes.Zip(files)) await File.WriteAllBytesAsync(file, Contents.Random(size, size + 1));
        Directory.CreateDirectory(deployment.Home["back"]);

        await deployment.DoAsync(["put", .. options, .. files, deployment.Url("/", tls)]);
        await deployment.DoAsync(["get", .. options, .. Sizes.Select(size => deployment.Url($"/{size}.bin", tls)), deployment.Home["back"]]);
        foreach (var file in files)
        {
            Contents.AssertSame(file, deployment.Stored(Path.GetFileName(file)));
            Contents.AssertSame(file, Path.Combine(deployment.Home["back"], Path.GetFileName(file)));
        }

        Assert.Equal(Sizes.Length, Directory.GetFileSystemEntries(deployment.Home["back"]).Length);
        await deployment.AssertNothingIsStagedAsync();
    }
}
