using System.Text;

namespace Argosy.Files.Tests;

/// <summary>It looks at the memory of the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(LongListingTests), DisableParallelization = true)]
public sealed class LongListingAlone;

[Collection(nameof(LongListingTests))]
public sealed class LongListingTests
{
    private const int Entries = 100_000;

    [Fact]
    public async Task A_hundred_thousand_entries_are_listed_in_bounded_memory()
    {
        using var folder = new TestFolder(Directory.Exists("/dev/shm") ? "/dev/shm" : null);
        await using var vessel = new Vessel(new LocalStorage(), folder.In("home"), Path.Combine(folder.Path, "ledger"));
        var session = await vessel.OpenAsync();
        for (var i = 0; i < Entries; i++)
        {
            File.Create(Path.Combine(vessel.Home, $"entry-{i}")).Dispose();
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;
        var count = 0;
        await foreach (var entry in session.ListAsync(RemotePath.Root))
        {
            if (++count % 20_000 == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.Equal(Entries, count);
        Assert.InRange(most, long.MinValue, 2 << 20);
        Assert.Equal(Entries, (await NamesAsync(session)).Count);
    }

    private static async Task<HashSet<string>> NamesAsync(FileSession session)
    {
        var seen = new HashSet<string>();
        await foreach (var entry in session.ListAsync(RemotePath.Root))
        {
            Assert.True(seen.Add(Encoding.UTF8.GetString(entry.Name.Span)));
        }

        return seen;
    }
}
