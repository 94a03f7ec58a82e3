using Argosy.FrontEnds;
using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>What the log tells of refusals: what an operator has to do something about, once, and nothing twice.</summary>
public sealed class Refusing : ProtocolTest
{
    private readonly RecordingLogger _log = new();

    [Theory]
    [EverySetup]
    public async Task A_home_that_has_vanished_is_a_warning_with_what_the_client_was_told_and_only_one()
    {
        Start(log: _log);
        Directory.Delete(Path.Combine(World.Root, FileWorld.Limited));
        File.WriteAllText(Path.Combine(World.Root, FileWorld.Limited), "no folder");
        for (int i = 0; i < 3; i++)
            Assert.Equal(WireError.Storage, (await (await ConnectAsync()).LoginAsync(FileWorld.Limited, FileWorld.Password)).Error);

        string line = Assert.Single(_log.Lines, line => line.Contains("was told", StringComparison.Ordinal));
        Assert.StartsWith("auth - of limited failed, and the client was told \"storage\":", line);
    }

    [Theory]
    [EverySetup]
    public async Task Looking_for_what_is_not_there_is_no_refusal_and_a_permission_is_told_by_the_rules_alone()
    {
        Start(log: _log);
        WireClient client = await LoginAsync(FileWorld.Reader);
        Assert.Equal(WireError.NotFound, (await client.AskAsync("""{"cmd":"stat","path":"x"}""")).Error);
        Assert.Equal(WireError.NotPermitted, (await client.AskAsync("""{"cmd":"mkdir","path":"x"}""")).Error);
        Assert.DoesNotContain(_log.Lines, line => line.Contains("Refused", StringComparison.Ordinal));
        Assert.Equal(WireError.NotFound, (await client.GetAsync("x")).Error);
        Assert.Contains(_log.Lines, line => line.StartsWith("Refused: get x of reader: not-found", StringComparison.Ordinal));
    }
}
