namespace Argosy.Cli.Tests.Spine;

/// <summary>TLS by OpenSSL's own interface and by SslStream (ARGOSY_TLS=sslstream), at either end, carry the same.</summary>
public sealed class TlsWaysTests
{
    private const int Timeout = 120_000;

    [Theory(Timeout = Timeout)]
    [InlineData("openssl", "sslstream")]
    [InlineData("sslstream", "openssl")]
    [InlineData("sslstream", "sslstream")]
    public async Task Large_and_small_files_go_up_and_come_down(string server, string client)
    {
        await using var deployment = await Deployment.StartWithinAsync(["/usr/bin/env", $"ARGOSY_TLS={server}"], new TempFolder(), quota: null);
        var home = deployment.Home;
        Directory.CreateDirectory(home["tree/sub"]);
        for (var number = 0; number < 300; number++)
            await File.WriteAllBytesAsync(home[$"tree/sub/{number}"], Contents.Random(3000, number));
        await File.WriteAllBytesAsync(home["tree/large"], Contents.Random(30_000_000, 1));
        await DoAsync("put", "-r", "tree", deployment.Url("/tree", tls: true));
        Contents.AssertSame(home["tree/large"], deployment.Stored("tree/large"));
        await DoAsync("get", "-r", deployment.Url("/tree", tls: true), "back");
        foreach (var file in Directory.EnumerateFiles(home["tree"], "*", SearchOption.AllDirectories))
            Contents.AssertSame(file, file.Replace(home["tree"], home["back"], StringComparison.Ordinal));

        async Task DoAsync(params string[] words)
        {
            var result = await ArgosyCommand.RunProgramAsync(
                home, ArgosyCommand.Program, [words[0], "--accept-new", .. words[1..]], "", ("ARGOSY_TLS", client), ("ARGOSY_PASSWORD", Deployment.Password));
            Assert.Equal((0, ""), (result.ExitCode, result.Error));
        }
    }
}
