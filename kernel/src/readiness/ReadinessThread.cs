using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Argosy.Kernel;

/// <summary>The one thread of the process that waits for all descriptors that somebody wants to know of.</summary>
internal sealed unsafe class ReadinessThread
{
    private const int AtOnce = 64;

    private static readonly Lazy<ReadinessThread> One = new(() => new ReadinessThread());

    private readonly Epoll _epoll = new();
    private readonly ConcurrentDictionary<long, Readiness> _known = new();
    private long _last;

    private ReadinessThread() => new Thread(Run, 256 * 1024) { IsBackground = true, Name = "readiness" }.Start();

    public static ReadinessThread Shared => One.Value;

    /// <summary>Watches a descriptor until one of these has happened to it; gives its id.</summary>
    public long Add(Readiness readiness, SafeHandle descriptor, Epoll.Events events)
    {
        var id = Interlocked.Increment(ref _last);
        _known[id] = readiness;
        _epoll.Watch(Epoll.Operation.Add, descriptor, id, events);
        return id;
    }

    /// <summary>As <see cref="Add"/>, of one that is known.</summary>
    public void Watch(long id, SafeHandle descriptor, Epoll.Events events) => _epoll.Watch(Epoll.Operation.Change, descriptor, id, events);

    /// <summary>Nobody wants to know of it any more.</summary>
    public void Forget(long id, SafeHandle descriptor)
    {
        _known.TryRemove(id, out _);
        if (!descriptor.IsClosed) _epoll.Forget(descriptor);
    }

    private void Run()
    {
        var told = stackalloc Epoll.Entry[AtOnce];
        while (true)
        {
            var count = _epoll.Wait(told, AtOnce);
            for (var i = 0; i < count; i++)
            {
                if (_known.TryGetValue(told[i].Id, out var readiness)) readiness.Tell(told[i].Happened);
            }
        }
    }
}
