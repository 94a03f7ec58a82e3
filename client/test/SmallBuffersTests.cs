namespace Argosy.Client.Tests;

public sealed class SmallBuffersTests
{
    private const int Most = 16 * 1024 * 1024;

    [Fact]
    public async Task So_many_bytes_are_lent_whatever_the_number()
    {
        var buffers = new SmallBuffers();
        var small = new List<byte[]>();
        for (var i = 0; i < 4096; i++)
            small.Add(await Now(buffers.RentAsync(Most / 4096, default)));
        var late = buffers.RentAsync(1, default).AsTask();
        Assert.False(late.IsCompleted);
        buffers.Return(small[0], Most / 4096);
        Assert.True((await late).Length >= 1);
    }

    [Fact]
    public async Task Who_needs_much_is_not_passed_by()
    {
        var buffers = new SmallBuffers();
        var all = await Now(buffers.RentAsync(Most, default));
        var large = buffers.RentAsync(Most, default).AsTask();
        var small = buffers.RentAsync(1, default).AsTask();
        buffers.Return(all, Most);
        all = await large;
        Assert.False(small.IsCompleted);
        buffers.Return(all, Most);
        await small;
    }

    [Fact]
    public async Task Who_gives_up_holds_nobody_up_and_nothing_back()
    {
        var buffers = new SmallBuffers();
        using var giveUp = new CancellationTokenSource();
        var all = await Now(buffers.RentAsync(Most, default));
        var late = buffers.RentAsync(Most, giveUp.Token).AsTask();
        var next = buffers.RentAsync(Most, default).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late);
        buffers.Return(all, Most, isInUse: true);
        Assert.NotSame(all, await next);
    }

    private static ValueTask<byte[]> Now(ValueTask<byte[]> rent)
    {
        Assert.True(rent.IsCompleted);
        return rent;
    }
}
