namespace Argosy.Cli.Tests.Terminals;

/// <summary>What people are told and asked about a server's key.</summary>
public sealed class TrustTests : IDisposable
{
    private const int Timeout = 120_000;
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact(Timeout = Timeout)]
    public async Task A_key_is_asked_about_once_refused_shortly_and_never_silently_another()
    {
        await using var server = await ServeProcess.StartAsync(_home, "--anonymous", "ro");
        var place = server.Address;
        await using (var no = TerminalSession.Start(_home, $"/bin/sh -c \"echo x | {ArgosyCommand.Program} put - argosy://{place}/x\""))
        {
            await no.ReadUntilAsync("Trust this key from now on? [y/N] ");
            await no.TypeAsync("no\n");
            Assert.Equal(4, await no.WaitAsync());
            Assert.EndsWith("[y/N] no\r\nargosy: Not trusted; nothing was sent.\r\n", no.Screen, StringComparison.Ordinal);
        }

        await using (var yes = TerminalSession.Start(_home, $"{ArgosyCommand.Program} ls argosy://{place}/"))
        {
            await yes.ReadUntilAsync("Trust this key from now on? [y/N] ");
            await yes.TypeAsync("y\n");
            Assert.Equal(0, await yes.WaitAsync());
        }

        var known = (await File.ReadAllTextAsync(_home["config/argosy/known_servers"])).Trim().Split(' ')[1];
        var other = $"sha256:{new string('0', 64)}";
        await File.WriteAllTextAsync(_home["config/argosy/known_servers"], $"{place} {other}\n");
        var changed = await ArgosyCommand.RunAsync(_home, "ls", $"argosy://{place}/", "--accept-new");
        Assert.Equal((4, ""), (changed.ExitCode, changed.Output));
        Assert.Contains($"argosy: The key of {place} has changed. Nothing was sent.\n  known  {other}\n  now    {known}\n", changed.Error, StringComparison.Ordinal);
        var command = changed.Error.Split('\n').Single(line => line.StartsWith("  argosy ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(0, (await ArgosyCommand.RunAsync(_home, command[1..])).ExitCode);
    }
}
