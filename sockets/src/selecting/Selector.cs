using System.Net.Sockets;
using System.Runtime.InteropServices;
using static Argosy.Sockets.SelectorEvents;

namespace Argosy.Sockets;

/// <summary>
/// Waits for whichever of many sockets, pipes or terminals is ready first: what Python's <c>selectors</c> offers, for programs
/// that run their own loop. A <see cref="StreamServer"/> needs none of this.
/// </summary>
/// <remarks>
/// <para>As in Python: registering what is registered is an error, as is changing or removing what is not; errors and hang-ups are
/// reported as whatever the source was registered for; readiness is a level, reported by every call for as long as it lasts
/// (except under <see cref="SelectorKind.EpollEdgeTriggered"/>), so a loop that leaves a ready source unread, or keeps
/// <see cref="SelectorEvents.Write"/> registered with nothing to write, turns without rest: take the event out with <see cref="Modify(Socket, SelectorEvents, object)"/>.</para>
/// <para>Unregister a source before you close it. Python leaves one that was closed first in its map, raises from select(), reports
/// it for ever from poll(), and under epoll reports nothing, or, where a duplicate lives, reports it for ever. Here such a source is
/// never reported under any kind, and its key leaves the map when a call comes upon it (epoll forgets it without a word: there it stays in the map
/// until its number is registered anew); its number may be registered anew. docs/selectors.md compares them scenario by scenario.</para>
/// <para>One thread at a time uses a selector; <see cref="Wake"/> alone is for any.</para>
/// </remarks>
public sealed class Selector : IDisposable
{
    private const ulong WakeTag = 0;

    private readonly Dictionary<SafeHandle, SelectorKey> _map = [];
    private readonly Dictionary<ulong, SelectorKey> _byTag = [];
    private readonly Dictionary<int, SelectorKey> _byDescriptor = [];
    private readonly List<SelectorReadiness> _ready = [];
    private readonly Wakeup _wakeup = new();
    private IDemultiplexer _demultiplexer;
    private ulong _lastTag = WakeTag;
    private bool _isDisposed;

    /// <summary>Opens a selector.</summary>
    /// <param name="kind">The call to wait with.</param>
    /// <exception cref="PlatformNotSupportedException">These calls are made on Linux only.</exception>
    /// <exception cref="ConnectionException">No descriptors are left.</exception>
    public Selector(SelectorKind kind = SelectorKind.Best)
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("Selectors need Linux; use the asynchronous sockets of .NET.");
        Kind = kind == SelectorKind.Best ? SelectorKind.Epoll : kind;
        _demultiplexer = Open();
    }

    /// <summary>The call it waits with, never <see cref="SelectorKind.Best"/>.</summary>
    public SelectorKind Kind { get; }

    /// <summary>Every registration, by its source (get_map). A live view: do not change registrations while you walk through it.</summary>
    public IReadOnlyDictionary<SafeHandle, SelectorKey> GetMap() => _map;

    /// <summary>The registration of a source (get_key).</summary>
    /// <exception cref="KeyNotFoundException">It is not registered.</exception>
    /// <exception cref="ObjectDisposedException">The selector is closed.</exception>
    public SelectorKey GetKey(SafeHandle source)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _map.GetValueOrDefault(source) ?? throw new KeyNotFoundException("This source is not registered.");
    }

    /// <inheritdoc cref="GetKey(SafeHandle)"/>
    public SelectorKey GetKey(Socket source) => GetKey(source.SafeHandle);

    /// <summary>Begins to watch a source. Make it non-blocking first: readiness is a hint, and another may be faster.</summary>
    /// <param name="source">An open socket, pipe or terminal. Regular files are always ready and cannot be watched by epoll(7).</param>
    /// <param name="events">At least one.</param>
    /// <param name="data">Comes back with every report.</param>
    /// <exception cref="ArgumentException">No or unknown events, or the source is registered already.</exception>
    /// <exception cref="ObjectDisposedException">The source, or the selector, is closed.</exception>
    /// <exception cref="ConnectionException">This kind of selector cannot watch it.</exception>
    public SelectorKey Register(SafeHandle source, SelectorEvents events, object? data = null) => Register(source, null, events, data);

    /// <inheritdoc cref="Register(SafeHandle, SelectorEvents, object?)"/>
    public SelectorKey Register(Socket source, SelectorEvents events, object? data = null) =>
        Register(source.SafeHandle, source, events, data);

    /// <summary>Changes what a source is watched for, and its data.</summary>
    /// <param name="source">A registered source.</param>
    /// <param name="events">At least one.</param>
    /// <param name="data">Comes back with every report from now on.</param>
    /// <exception cref="ArgumentException">No or unknown events.</exception>
    /// <exception cref="KeyNotFoundException">It is not registered.</exception>
    /// <exception cref="ObjectDisposedException">The source is closed; it is no longer registered.</exception>
    public SelectorKey Modify(SafeHandle source, SelectorEvents events, object? data = null)
    {
        Check(events);
        var old = GetKey(source);
        if (source.IsClosed) Forget(old);
        ObjectDisposedException.ThrowIf(source.IsClosed, source);
        var key = new SelectorKey(source, old.Socket, old.Descriptor, old.Tag, events, data);
        if (events != old.Events) _demultiplexer.Change(key.Descriptor, Meaning(events), key.Tag);
        return Remember(key);
    }

    /// <inheritdoc cref="Modify(SafeHandle, SelectorEvents, object?)"/>
    public SelectorKey Modify(Socket source, SelectorEvents events, object? data = null) => Modify(source.SafeHandle, events, data);

    /// <summary>Stops watching a source, which may have been closed before.</summary>
    /// <returns>The registration that it had.</returns>
    /// <exception cref="KeyNotFoundException">It is not registered.</exception>
    public SelectorKey Unregister(SafeHandle source)
    {
        var key = GetKey(source);
        Forget(key);
        if (source.IsClosed) Renew();
        else _demultiplexer.Remove(key.Descriptor);
        return key;
    }

    /// <inheritdoc cref="Unregister(SafeHandle)"/>
    public SelectorKey Unregister(Socket source) => Unregister(source.SafeHandle);

    /// <summary>Waits until a source is ready, for as long as it takes.</summary>
    /// <inheritdoc cref="Select(TimeSpan)"/>
    public IReadOnlyList<SelectorReadiness> Select() => Select(Timeout.InfiniteTimeSpan);

    /// <summary>Waits until a source is ready.</summary>
    /// <param name="limit">How long, rounded up to milliseconds. Zero and less only looks; <see cref="Timeout.InfiniteTimeSpan"/> is for ever.</param>
    /// <returns>What is ready, each source once: a list that is reused by the next call. Empty when the time is over or after <see cref="Wake"/>.</returns>
    public IReadOnlyList<SelectorReadiness> Select(TimeSpan limit)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var deadline = limit < TimeSpan.Zero && limit != Timeout.InfiniteTimeSpan ? Deadline.After(TimeSpan.Zero) : Deadline.After(limit);
        _ready.Clear();
        while (!Collect(deadline.MillisecondsLeft) && !deadline.HasPassed)
        {
        }

        return _ready;
    }

    /// <summary>Makes the present or the next <see cref="Select(TimeSpan)"/> return. Any thread may call this.</summary>
    public void Wake() => _wakeup.Signal();

    /// <summary>Forgets all registrations and closes the selector (close). The sources stay open.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _demultiplexer.Dispose();
        _wakeup.Dispose();
        _map.Clear();
        _byTag.Clear();
        _byDescriptor.Clear();
    }

    private SelectorKey Register(SafeHandle source, Socket? socket, SelectorEvents events, object? data)
    {
        Check(events);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ObjectDisposedException.ThrowIf(source.IsClosed, source);
        var descriptor = (int)source.DangerousGetHandle();
        if (_byDescriptor.TryGetValue(descriptor, out var present))
        {
            if (!present.Source.IsClosed) throw new ArgumentException($"Descriptor {descriptor} is registered already.", nameof(source));
            Forget(present); // closed without a word, and its number came back with another
            _demultiplexer.Remove(descriptor);
        }

        var key = new SelectorKey(source, socket, descriptor, ++_lastTag, events, data);
        _demultiplexer.Add(descriptor, Meaning(events), key.Tag);
        return Remember(key);
    }

    /// <summary>One wait. True when it is to be the last.</summary>
    private bool Collect(int milliseconds)
    {
        var (isWoken, hasGhosts) = (false, false);
        try
        {
            foreach (var (tag, events) in _demultiplexer.Wait(milliseconds))
            {
                if (tag == WakeTag) isWoken = true;
                else if (_byTag.GetValueOrDefault(tag) is not { Source.IsClosed: false } key) hasGhosts = true;
                else if (Reported(key, events) is > 0 and var reported) _ready.Add(new SelectorReadiness(key, reported));
            }
        }
        catch (ConnectionException e) when (e.Error == ConnectionError.Aborted)
        {
            hasGhosts = true; // EBADF: select(2) stumbles over a source that was closed
        }

        if (isWoken) _wakeup.Clear();
        if (hasGhosts) Renew();
        return isWoken || _ready.Count > 0;
    }

    /// <summary>
    /// Begins afresh with what is open. Nothing else helps against a source that was closed first: its number is no longer its own, and
    /// what epoll still reports of a duplicate cannot be taken out without it (epoll(7), questions and answers, Q6).
    /// </summary>
    private void Renew()
    {
        foreach (var key in _map.Values.Where(key => key.Source.IsClosed).ToList()) Forget(key);
        _demultiplexer.Dispose();
        _demultiplexer = Open();
        foreach (var key in _map.Values) _demultiplexer.Add(key.Descriptor, Meaning(key.Events), key.Tag);
    }

    private IDemultiplexer Open()
    {
        IDemultiplexer demultiplexer = Kind switch
        {
            SelectorKind.Select => new SelectDemultiplexer(),
            SelectorKind.Poll => new PollDemultiplexer(),
            _ => new EpollDemultiplexer(edgeTriggered: Kind == SelectorKind.EpollEdgeTriggered),
        };
        demultiplexer.Add(_wakeup.Descriptor, PollEvents.Read, WakeTag);
        return demultiplexer;
    }

    private SelectorKey Remember(SelectorKey key) => _map[key.Source] = _byTag[key.Tag] = _byDescriptor[key.Descriptor] = key;

    private void Forget(SelectorKey key)
    {
        _map.Remove(key.Source);
        _byTag.Remove(key.Tag);
        _byDescriptor.Remove(key.Descriptor);
    }

    private static SelectorEvents Reported(SelectorKey key, PollEvents events)
    {
        var isBroken = (events & ~(PollEvents.Read | PollEvents.Write)) != 0;
        return key.Events & (isBroken ? Read | Write
            : ((events & PollEvents.Read) != 0 ? Read : 0) | ((events & PollEvents.Write) != 0 ? Write : 0));
    }

    private static PollEvents Meaning(SelectorEvents events) =>
        ((events & Read) != 0 ? PollEvents.Read : 0) | ((events & Write) != 0 ? PollEvents.Write : 0);

    private static void Check(SelectorEvents events)
    {
        if (events == 0 || (events & ~(Read | Write)) != 0)
            throw new ArgumentException($"{events} is nothing to wait for: name Read, Write or both.", nameof(events));
    }
}

/// <summary>One source that is ready.</summary>
/// <param name="Key">Its registration.</param>
/// <param name="Events">What it is ready for, of what it is registered for.</param>
public readonly record struct SelectorReadiness(SelectorKey Key, SelectorEvents Events);
