using System.Runtime.InteropServices;

namespace Argosy.Kernel;

/// <summary>
/// Tells when a descriptor can be read or written. Nothing is watched while nobody waits: whoever moves bytes by a thread of its own costs no wake-up
/// elsewhere. One waits for each direction at a time.
/// </summary>
/// <param name="descriptor">What is watched; closed by its owner.</param>
public sealed class Readiness(SafeHandle descriptor) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ReadinessThread _thread = ReadinessThread.Shared;
    private TaskCompletionSource? _reader;
    private TaskCompletionSource? _writer;
    private long _id;
    private bool _isOver;

    /// <summary>Waits until it can be read, has ended or has failed.</summary>
    /// <exception cref="OperationCanceledException">Nobody wants to know any more.</exception>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public ValueTask WaitToReadAsync(CancellationToken cancellation) => WaitAsync(ref _reader, cancellation);

    /// <summary>Waits until it can be written or has failed.</summary>
    /// <inheritdoc cref="WaitToReadAsync"/>
    public ValueTask WaitToWriteAsync(CancellationToken cancellation) => WaitAsync(ref _writer, cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            if (_id != 0) _thread.Forget(_id, descriptor);
            Fail(new ObjectDisposedException(nameof(Readiness)));
        }
    }

    /// <summary>Called by the thread that watches, and that serves everybody: what fails is told to who waits.</summary>
    internal void Tell(Epoll.Events events)
    {
        lock (_gate)
        {
            if (_isOver) return;
            if ((events & ~Epoll.Events.Write) != 0) Complete(ref _reader);
            if ((events & ~Epoll.Events.Read) != 0) Complete(ref _writer);
            if (_reader is null && _writer is null) return;
            try
            {
                Watch();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                Fail(e);
            }
        }
    }

    private void Fail(Exception why)
    {
        _reader?.TrySetException(why);
        _writer?.TrySetException(why);
        (_reader, _writer) = (null, null);
    }

    private ValueTask WaitAsync(ref TaskCompletionSource? place, CancellationToken cancellation)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isOver, this);
            place = waiter;
            Watch();
        }

        return cancellation.CanBeCanceled ? UnlessAsync(waiter, cancellation) : new ValueTask(waiter.Task);
    }

    private static async ValueTask UnlessAsync(TaskCompletionSource waiter, CancellationToken cancellation)
    {
        await using var registration = cancellation.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter).ConfigureAwait(false);
        await waiter.Task.ConfigureAwait(false);
    }

    private static void Complete(ref TaskCompletionSource? place)
    {
        place?.TrySetResult();
        place = null;
    }

    private void Watch()
    {
        var events = (_reader is null ? 0 : Epoll.Events.Read) | (_writer is null ? 0 : Epoll.Events.Write);
        if (_id == 0) _id = _thread.Add(this, descriptor, events);
        else _thread.Watch(_id, descriptor, events);
    }
}
