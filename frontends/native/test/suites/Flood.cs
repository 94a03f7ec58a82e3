using Argosy.Files;

namespace Argosy.Native.Tests;

/// <summary>Requests without end, and nobody who reads an answer. It measures this process, so it runs alone.</summary>
[Collection(Alone.Name)]
public sealed class Flood : ProtocolTest
{
    [Theory]
    [EverySetup]
    public async Task A_flood_of_requests_whose_answers_nobody_reads_takes_no_memory()
    {
        Start(new NativeOptions { AllowPlain = true, StallTime = TimeSpan.FromMilliseconds(500) }, bans: new BanRule { Failures = 0 });
        WireClient client = await LoginAsync();
        byte[] burst = [.. Enumerable.Repeat(Frame.Of("""{"cmd":"pwd"}"""), 10_000).SelectMany(frame => frame)];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        try
        {
            for (int i = 0; i < (EverySetupAttribute.ChecksAll ? 400 : 200); i++)
                await client.SendAsync(burst);
        }
        catch (IOException)
        {
            // It is cut off when it has not read for too long.
        }

        // All answers would take 120 MB.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 64 << 20);
        WireClient good = await LoginAsync();
        Assert.True((await good.PutAsync("good", [1, 2, 3])).IsOk);
    }
}
