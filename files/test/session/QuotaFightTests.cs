using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <summary>
/// Everything at once in one home under one quota, by sessions that share no object (two storages and two ledgers over the same files, as two processes
/// have), while the home is counted again and again: the limit holds at every moment, and in the end usage is what is on the disk.
/// </summary>
public sealed class QuotaFightTests : IDisposable
{
    private const long MostBytes = 20_000, MostFiles = 30;

    // All of the 11,700 operations that an attack on the server took, where everything is checked.
    private static readonly int Rounds = Environment.GetEnvironmentVariable("ARGOSY_CHECK") == "all" ? 1_950 : 200;

    private readonly TestFolder _folder = new();
    private readonly Corrections _corrections = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Usage_is_exact_and_the_limit_holds_whatever_is_done_at_once()
    {
        await using var one = Open();
        await using var other = Open();
        var fighters = new List<Task>();
        for (var seed = 0; seed < 6; seed++)
        {
            var (vessel, random) = (seed % 2 == 0 ? one : other, new Random(seed));
            var session = await vessel.OpenAsync(grant => grant with { QuotaBytes = MostBytes, QuotaFiles = MostFiles });
            fighters.Add(Task.Run(() => FightAsync(session, random)));
        }

        var fight = Task.WhenAll(fighters);
        while (!fight.IsCompleted)
        {
            await one.SweepAsync(count: true);
            await other.SweepAsync(count: true);
        }

        await fight;
        var quota = await (await one.OpenAsync(grant => grant with { QuotaBytes = MostBytes })).QuotaAsync();
        await using var home = await one.Storage.OpenHomeAsync(one.Home, true, InlineOffload.Instance);
        var counted = default(Usage);
        await home.CountAsync(sum => counted = sum);
        Assert.Equal(counted, new Usage(quota.Bytes, quota.Files));
        Assert.InRange(quota.Files, 1, MostFiles);
        Assert.Empty(_corrections.Lines); // The counts in between had nothing to put right.
    }

    private static async Task FightAsync(FileSession session, Random random)
    {
        for (var round = 0; round < Rounds; round++)
        {
            try
            {
                await DoAsync(session, random);
            }
            catch (FileException refused) when (refused.Error is FileError.OverQuota or FileError.NotFound or FileError.AlreadyExists or FileError.InUse
                or FileError.IsAFolder or FileError.NotPermitted or FileError.NotAFolder or FileError.Mismatch or FileError.Changed)
            {
            }

            var used = session.Usage.Used;
            Assert.InRange(used.Bytes, 0, MostBytes);
            Assert.InRange(used.Files, 0, MostFiles);
        }
    }

    private static async Task DoAsync(FileSession session, Random random)
    {
        var (path, target, length) = (Name(random), Name(random), random.Next(4_000));
        var id = random.Next(3) == 0 ? $"{random.Next(4)}" : null;
        switch (random.Next(10))
        {
            case 0 when random.Next(2) == 0:
                await session.StoreAsync(new() { Path = path }, new byte[length]);
                break;
            case 0:
                await session.StoreManyAsync([new(path, new byte[length]), new(target, new byte[random.Next(4_000)]), new(Name(random), new byte[random.Next(4_000)])]);
                break;
            case 1:
                await session.RemoveAsync(path);
                break;
            case 2:
                await session.RenameAsync(path, target);
                break;
            case 3:
                await session.CopyAsync(path, target);
                break;
            case 4:
                await session.MakeLinkAsync(path, "target"u8.ToArray());
                break;
            case 5:
                await session.MakeFolderAsync(P("folder"), parents: true);
                break;
            case 6 when random.Next(4) == 0:
                await session.RemoveFolderAsync(P("folder"), recursive: true);
                break;
            case 7:
                await session.DiscardUploadAsync($"{random.Next(4)}");
                break;
            default:
                await using (var upload = await session.OpenUploadAsync(
                    new() { Path = path, UploadId = id, Append = random.Next(5) == 0, Length = random.Next(2) == 0 ? length : null }))
                {
                    await upload.WriteAsync(new byte[Math.Max(0, length - upload.Offset) / 2]);
                    if (random.Next(3) > 0)
                    {
                        await upload.WriteAsync(new byte[Math.Max(0, length - upload.Offset)]);
                        await upload.CommitAsync();
                    }
                }

                break;
        }
    }

    private static RemotePath Name(Random random) => P(random.Next(3) == 0 ? $"folder/{random.Next(6)}" : $"{random.Next(12)}");

    private Vessel Open() => new(
        new LocalStorage(new() { Staging = Path.Combine(_folder.Path, "staging") }), _folder.In("home"), Path.Combine(_folder.Path, "ledger"), _corrections);

    private sealed class Corrections : ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == nameof(UsageLog.Corrected))
            {
                Lines.Enqueue(formatter(state, exception));
            }
        }
    }
}
