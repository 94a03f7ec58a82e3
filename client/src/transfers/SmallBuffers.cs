using System.Numerics;

namespace Argosy.Client;

/// <summary>
/// Memory for small files on their way: so many bytes at a time, whatever the number of files, and used again. (The shared ArrayPool keeps a few of
/// each size; with a thousand under way most would be the collector's.) Who comes first gets first, so that a file that needs much is not passed by
/// for ever.
/// </summary>
internal sealed class SmallBuffers
{
    // 4 to 64 KiB, each with a little more: many files have round lengths, and an upload reads one byte beyond.
    private const int Smallest = 4096;
    private const int More = 64;

    private readonly Lock _gate = new();
    private readonly Queue<(TaskCompletionSource<byte[]> Turn, int Size)> _waiting = new();
    private readonly Stack<byte[]>[] _idle = [new(), new(), new(), new(), new()];
    private int _left = 16 * 1024 * 1024;
    private int _idleBytes;

    /// <param name="size">Bytes that are needed, at most <see cref="FileClient.SmallFile"/> and one.</param>
    /// <param name="stop">Gives up the place in the queue.</param>
    public ValueTask<byte[]> RentAsync(int size, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        TaskCompletionSource<byte[]> turn;
        lock (_gate)
        {
            if (_waiting.Count == 0 && _left >= Length(size))
                return new(Take(size));
            turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((turn, size));
        }

        return WaitAsync(turn, stop);
    }

    /// <param name="buffer">What was rented.</param>
    /// <param name="isInUse">True where somebody may still look at it: the collector gets it.</param>
    public void Return(byte[] buffer, bool isInUse = false)
    {
        lock (_gate)
        {
            _left += buffer.Length;
            if (!isInUse)
                Keep(buffer);
            while (_waiting.TryPeek(out var next) && _left >= Length(next.Size))
            {
                _waiting.Dequeue();
                var taken = Take(next.Size);
                if (next.Turn.TrySetResult(taken))
                    continue;
                // Whoever gave up is found when its turn comes.
                _left += taken.Length;
                Keep(taken);
            }
        }
    }

    private static async ValueTask<byte[]> WaitAsync(TaskCompletionSource<byte[]> turn, CancellationToken stop)
    {
        using var giveUp = stop.UnsafeRegister(static (turn, stop) => ((TaskCompletionSource<byte[]>)turn!).TrySetCanceled(stop), turn);
        return await turn.Task.ConfigureAwait(false);
    }

    private static int Class(int size) => size <= Smallest + More ? 0 : BitOperations.Log2((uint)(size - More - 1) / Smallest) + 1;

    private static int Length(int size) => (Smallest << Class(size)) + More;

    private byte[] Take(int size)
    {
        var length = Length(size);
        _left -= length;
        if (_idle[Class(size)].TryPop(out var buffer))
        {
            _idleBytes -= length;
            return buffer;
        }

        // What is idle and what is lent together are never more than the whole.
        foreach (var idle in _idle)
        {
            while (_idleBytes > _left && idle.TryPop(out var dropped))
                _idleBytes -= dropped.Length;
        }

        return GC.AllocateUninitializedArray<byte>(length);
    }

    private void Keep(byte[] buffer)
    {
        _idle[Class(buffer.Length)].Push(buffer);
        _idleBytes += buffer.Length;
    }
}
