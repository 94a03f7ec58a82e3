using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>How one thread waits in the kernel, and how others wake it. Each thread has its own.</summary>
internal sealed class ThreadWaiter : IDisposable
{
    [ThreadStatic]
    private static ThreadWaiter? _current;

    private readonly Wakeup _wakeup = new();
    private PollEntry[] _entries = new PollEntry[4];

    /// <summary>The calling thread's. Whoever ends the thread disposes it; otherwise the finalizer of its descriptor does.</summary>
    public static ThreadWaiter Current => _current ??= new ThreadWaiter();

    /// <summary>
    /// Opens the calling thread's descriptor before it is needed: a connection that is being served must not fail because others have taken the
    /// last one. False where there is none to spare (<see cref="DescriptorReserve"/>).
    /// </summary>
    public static bool TryPrepareCurrent()
    {
        try
        {
            return !DescriptorReserve.Holds(Current._wakeup.Descriptor);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Closes the calling thread's descriptor, if it ever waited.</summary>
    public static void DisposeCurrent()
    {
        _current?.Dispose();
        _current = null;
    }

    /// <summary>Makes the present or next wait of this thread return.</summary>
    public void Wake() => _wakeup.Signal();

    /// <summary>
    /// Polls until a descriptor is ready, the time is over, or somebody wakes the thread. Fills <paramref name="ready"/>; true when one
    /// of them is ready.
    /// </summary>
    /// <exception cref="ObjectDisposedException">One of the descriptors is closed.</exception>
    public bool Poll(ReadOnlySpan<SafeHandle> descriptors, PollEvents events, TimeSpan limit, Span<PollEvents> ready)
    {
        if (_entries.Length <= descriptors.Length) _entries = new PollEntry[descriptors.Length + 1];
        var held = 0;
        try
        {
            foreach (var descriptor in descriptors)
            {
                var taken = false;
                descriptor.DangerousAddRef(ref taken);
                _entries[held++] = new PollEntry { Descriptor = (int)descriptor.DangerousGetHandle(), Asked = events };
            }

            _entries[held] = _wakeup.Entry;
            return Poll(held, limit, ready);
        }
        finally
        {
            for (var i = 0; i < held; i++) descriptors[i].DangerousRelease();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _wakeup.Dispose();

    private unsafe bool Poll(int count, TimeSpan limit, Span<PollEvents> ready)
    {
        fixed (PollEntry* entries = _entries)
        {
            // EINTR counts as a wake-up: the caller looks at its deadline and comes again.
            if (Libc.Poll(entries, (nuint)count + 1, Milliseconds(limit)) <= 0) return false;
        }

        if (_entries[count].Ready != PollEvents.None) _wakeup.Clear();
        var any = false;
        for (var i = 0; i < count; i++)
        {
            ready[i] = _entries[i].Ready;
            any |= ready[i] != PollEvents.None;
        }

        return any;
    }

    /// <summary>Rounded up: a poll that returns before the deadline would only have to be repeated.</summary>
    private static int Milliseconds(TimeSpan limit) =>
        limit == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Min(int.MaxValue, Math.Ceiling(limit.TotalMilliseconds));
}
