using System.Buffers;

namespace Argosy.Client;

/// <summary>Pooled memory for small files on their way; so many at a time.</summary>
internal sealed class SmallBuffers
{
    private readonly SemaphoreSlim _free = new(256);

    public async ValueTask<byte[]> RentAsync(int size, CancellationToken stop)
    {
        await _free.WaitAsync(stop).ConfigureAwait(false);
        return ArrayPool<byte>.Shared.Rent(size);
    }

    /// <param name="buffer">What was rented.</param>
    /// <param name="isInUse">True where somebody may still look at it: the collector gets it.</param>
    public void Return(byte[] buffer, bool isInUse = false)
    {
        if (!isInUse)
            ArrayPool<byte>.Shared.Return(buffer);
        _free.Release();
    }
}
