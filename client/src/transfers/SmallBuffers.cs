using System.Buffers;

namespace Argosy.Client;

/// <summary>
/// Pooled memory for small files on their way: so many bytes at a time, whatever their number. Who comes first gets first, so that a file that
/// needs much is not passed by for ever.
/// </summary>
internal sealed class SmallBuffers
{
    private readonly Lock _gate = new();
    private readonly Queue<(TaskCompletionSource Turn, int Size)> _waiting = new();
    private int _left = 16 * 1024 * 1024;

    /// <param name="size">Bytes that are needed.</param>
    /// <param name="stop">Gives up the place in the queue.</param>
    public ValueTask<byte[]> RentAsync(int size, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        TaskCompletionSource turn;
        lock (_gate)
        {
            if (_waiting.Count == 0 && _left >= size)
            {
                _left -= size;
                return new(ArrayPool<byte>.Shared.Rent(size));
            }

            turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((turn, size));
        }

        return WaitAsync(turn, size, stop);
    }

    /// <param name="buffer">What was rented.</param>
    /// <param name="size">How much was asked for.</param>
    /// <param name="isInUse">True where somebody may still look at it: the collector gets it.</param>
    public void Return(byte[] buffer, int size, bool isInUse = false)
    {
        if (!isInUse)
            ArrayPool<byte>.Shared.Return(buffer);
        Free(size);
    }

    private static async ValueTask<byte[]> WaitAsync(TaskCompletionSource turn, int size, CancellationToken stop)
    {
        // Whoever gives up is found when its turn comes.
        using var giveUp = stop.UnsafeRegister(static (turn, stop) => ((TaskCompletionSource)turn!).TrySetCanceled(stop), turn);
        await turn.Task.ConfigureAwait(false);
        return ArrayPool<byte>.Shared.Rent(size);
    }

    private void Free(int size)
    {
        lock (_gate)
        {
            _left += size;
            while (_waiting.TryPeek(out var next) && _left >= next.Size)
            {
                _waiting.Dequeue();
                if (next.Turn.TrySetResult())
                    _left -= next.Size;
            }
        }
    }
}
