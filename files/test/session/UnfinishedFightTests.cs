using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <summary>One unfinished upload that many begin, leave, end and discard at once, as clients do that try again: usage is what is on the disk.</summary>
public sealed class UnfinishedFightTests : IDisposable
{
    private static readonly int Rounds = Environment.GetEnvironmentVariable("ARGOSY_CHECK") == "all" ? 4_000 : 1_000;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task What_one_has_begun_is_not_forgotten_with_what_another_has_ended()
    {
        await using var one = Open();
        await using var other = Open();
        var fighters = new List<Task>();
        for (var seed = 0; seed < 6; seed++)
        {
            var (vessel, random) = (seed % 2 == 0 ? one : other, new Random(seed));
            var session = await vessel.OpenAsync(grant => grant with { QuotaBytes = 1_000_000 });
            fighters.Add(Task.Run(() => FightAsync(session, random), TestContext.Current.CancellationToken));
        }

        await Task.WhenAll(fighters);
        var quota = await (await one.OpenAsync(grant => grant with { QuotaBytes = 1_000_000 })).QuotaAsync();
        await using var home = await one.Storage.OpenHomeAsync(one.Home, true, InlineOffload.Instance);
        var counted = default(Usage);
        await home.CountAsync(sum => counted = sum);
        Assert.Equal(counted, new Usage(quota.Bytes, quota.Files));
    }

    private static async Task FightAsync(FileSession session, Random random)
    {
        for (var round = 0; round < Rounds; round++)
        {
            try
            {
                await using var upload = await session.OpenUploadAsync(new() { Path = P("file"), UploadId = "same", Length = 2_000 });
                await upload.WriteAsync(new byte[Math.Max(0, 1_000 - upload.Offset)]);
                if (random.Next(2) == 0)
                {
                    await upload.WriteAsync(new byte[2_000 - Math.Max(1_000, upload.Offset)]);
                    await upload.CommitAsync();
                }
            }
            catch (FileException refused) when (refused.Error is FileError.InUse or FileError.NotFound)
            {
            }
        }
    }

    private Vessel Open() => new(
        new LocalStorage(new() { Staging = Path.Combine(_folder.Path, "staging") }), _folder.In("home"), Path.Combine(_folder.Path, "ledger"));
}
