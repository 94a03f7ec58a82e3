using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>How one thread waits in the kernel, and how others wake it. Each thread has its own.</summary>
internal sealed class ThreadWaiter : IDisposable
{
    [ThreadStatic]
    private static ThreadWaiter? _current;

    /// <summary>So many rows fit on the stack. A wait may last for days, and an array that is fixed for so long is in the collector's way.</summary>
    private const int RowsOnStack = 8;

    private readonly Wakeup _wakeup = new();
    private PollEntry[] _entries = []; // for more than fit on the stack; pinned for good

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
    public unsafe bool Poll(ReadOnlySpan<SafeHandle> descriptors, PollEvents events, TimeSpan limit, Span<PollEvents> ready)
    {
        var count = descriptors.Length + 1;
        PollEntry* onStack = stackalloc PollEntry[RowsOnStack];
        var entries = count <= RowsOnStack ? onStack : Room(count);
        var held = 0;
        try
        {
            foreach (var descriptor in descriptors)
            {
                var taken = false;
                descriptor.DangerousAddRef(ref taken);
                entries[held++] = new PollEntry { Descriptor = (int)descriptor.DangerousGetHandle(), Asked = events };
            }

            entries[held] = _wakeup.Entry;
            return Poll(entries, held, limit, ready);
        }
        finally
        {
            for (var i = 0; i < held; i++) descriptors[i].DangerousRelease();
        }
    }

    /// <summary>Sleeps until the time is over or somebody wakes the thread.</summary>
    public void Sleep(TimeSpan limit) => Poll([], PollEvents.None, limit, []);

    /// <inheritdoc/>
    public void Dispose() => _wakeup.Dispose();

    private unsafe PollEntry* Room(int count)
    {
        if (_entries.Length < count) _entries = GC.AllocateArray<PollEntry>(count, pinned: true);
        return (PollEntry*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_entries));
    }

    private unsafe bool Poll(PollEntry* entries, int count, TimeSpan limit, Span<PollEvents> ready)
    {
        // EINTR counts as a wake-up: the caller looks at its deadline and comes again.
        if (Libc.Poll(entries, (nuint)count + 1, Deadline.Milliseconds(limit)) <= 0) return false;
        if (entries[count].Ready != PollEvents.None) _wakeup.Clear();
        var any = false;
        for (var i = 0; i < count; i++)
        {
            ready[i] = entries[i].Ready;
            any |= ready[i] != PollEvents.None;
        }

        return any;
    }
}
