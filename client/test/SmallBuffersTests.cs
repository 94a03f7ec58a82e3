namespace Argosy.Client.Tests;

public sealed class SmallBuffersTests
{
    private const int Most = FileClient.SmallFile + 1;

    [Theory]
    [InlineData(0)]
    [InlineData(4097)]
    [InlineData(4161)]
    [InlineData(8256)]
    [InlineData(8257)]
    [InlineData(33_000)]
    [InlineData(Most)]
    public async Task Whoever_asks_gets_enough_and_the_same_again(int size)
    {
        var buffers = new SmallBuffers();
        var buffer = await buffers.RentAsync(size, default);
        Assert.InRange(buffer.Length, size, Math.Max(4160, 2 * size));
        buffers.Return(buffer);
        Assert.Same(buffer, await buffers.RentAsync(size, default));
    }

    [Theory]
    [InlineData(1, 3000, 4200)]
    [InlineData(Most, 200, 256)]
    public async Task So_many_bytes_are_lent_and_no_more(int size, int least, int most)
    {
        var buffers = new SmallBuffers();
        var all = await TakeAllAsync(buffers, size);
        Assert.InRange(all.Count, least, most);
        var late = buffers.RentAsync(size, default).AsTask();
        Assert.False(late.IsCompleted);
        buffers.Return(all[0]);
        Assert.Same(all[0], await late);
    }

    [Fact]
    public async Task Who_needs_much_is_not_passed_by()
    {
        var buffers = new SmallBuffers();
        var all = await TakeAllAsync(buffers, 1);
        var large = buffers.RentAsync(Most, default).AsTask();
        buffers.Return(all[0]);
        var small = buffers.RentAsync(1, default).AsTask();
        Assert.False(small.IsCompleted);
        foreach (var buffer in all[1..])
            buffers.Return(buffer);
        Assert.True((await large).Length >= Most);
        await small;
    }

    [Fact]
    public async Task Who_gives_up_holds_nobody_up_and_nothing_back()
    {
        var buffers = new SmallBuffers();
        using var giveUp = new CancellationTokenSource();
        var all = await TakeAllAsync(buffers, Most);
        var late = buffers.RentAsync(Most, giveUp.Token).AsTask();
        var next = buffers.RentAsync(Most, default).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late);
        buffers.Return(all[0]);
        Assert.Same(all[0], await next);
    }

    [Fact]
    public async Task What_somebody_may_still_look_at_is_not_lent_again()
    {
        var buffers = new SmallBuffers();
        var buffer = await buffers.RentAsync(1, default);
        buffers.Return(buffer, isInUse: true);
        Assert.NotSame(buffer, await buffers.RentAsync(1, default));
    }

    private static async Task<List<byte[]>> TakeAllAsync(SmallBuffers buffers, int size)
    {
        var all = new List<byte[]>();
        using var late = new CancellationTokenSource();
        ValueTask<byte[]> rent;
        while ((rent = buffers.RentAsync(size, late.Token)).IsCompleted)
            all.Add(await rent);
        await late.CancelAsync();
        return all;
    }
}
