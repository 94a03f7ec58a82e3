namespace Argosy.Client.Tests;

/// <summary>Measures the whole process: alone.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryAlone;

[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    private const long Size = 1L << 30;

    [Fact(Timeout = 60_000)]
    public async Task A_large_file_needs_no_more_memory_than_a_small_one()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        // Sparse: what is measured is the way, not the disk.
        await using (var file = new FileStream(server.World.Path("large"), FileMode.CreateNew))
            file.SetLength(Size);
        await client.GetAsync("/large", Stream.Null, new GetOptions { Length = 10_000_000 });
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Equal(Size, (await client.GetAsync("/large", Stream.Null)).Bytes);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < Size / 20, $"{allocated} bytes were allocated for a transfer of {Size}.");
    }
}
