using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>
/// One descriptor on one loop. It is registered with the first wait and stays so, so that a peer which talks in turns costs no
/// further system call; what is ready while nobody waits is taken out of the registration until somebody does.
/// </summary>
/// <remarks>
/// While registered it holds a reference: whoever disposes the handle, on whichever thread, the descriptor closes only after the
/// demultiplexer has let it go, and its number cannot come back as another connection in between.
/// </remarks>
internal sealed class DescriptorWatch
{
    private const PollEvents Broken = PollEvents.Error | PollEvents.HangUp | PollEvents.NotOpen;
    private const PollEvents AllEdges = PollEvents.Read | PollEvents.Write | PollEvents.PeerFinished;

    private readonly SafeHandle _descriptor;
    private readonly bool _ownsDescriptor;
    private WatchDirection? _writing;
    private ulong _tag;
    private PollEvents _asked; // None: not registered

    /// <param name="loop">Where it is watched.</param>
    /// <param name="descriptor">A non-blocking descriptor.</param>
    /// <param name="ownsDescriptor">Whether closing the watch disposes it.</param>
    internal DescriptorWatch(EventLoop loop, SafeHandle descriptor, bool ownsDescriptor = false)
    {
        (Loop, _descriptor, _ownsDescriptor) = (loop, descriptor, ownsDescriptor);
        Reading = new WatchDirection(this, PollEvents.Read);
    }

    internal EventLoop Loop { get; }

    internal SafeHandle Descriptor => _descriptor;

    internal WatchDirection Reading { get; }

    /// <summary>Made when a write first has to wait, or gets a deadline: a connection that is idle, or drained by its peer, has none.</summary>
    internal WatchDirection Writing => Volatile.Read(ref _writing) ?? MakeWriting();

    /// <summary><see cref="Writing"/>'s deadline, without making it.</summary>
    internal Deadline WriteDeadline => Volatile.Read(ref _writing)?.Deadline ?? Deadline.Never;

    /// <summary>
    /// True when the last read left nothing and no event has come since: trying again would only be told "not now". Meaningful on the
    /// loop's thread.
    /// </summary>
    internal bool IsDrained { get; private set; }

    /// <summary>
    /// True from an event that something can be read until somebody tries: whoever waits without a buffer need not ask the system
    /// again. Meaningful on the loop's thread.
    /// </summary>
    internal bool HasNews { get; private set; }

    internal bool IsClosed { get; private set; }

    /// <summary>Somebody is about to read.</summary>
    internal void OnTry() => HasNews = false;

    /// <summary>
    /// A read took fewer bytes than it had room for. Where readiness is told for as long as it lasts, whatever is left is told with the next
    /// wait. At an edge it was told already, and there is more behind a short read than it seems: TCP reads stop at an urgent mark (tcp(7)),
    /// those of a Unix socket at bytes that carry descriptors, and the peer's end may have come along. So there one reads until EAGAIN.
    /// </summary>
    internal void OnShortRead() => IsDrained = !Loop.Demultiplexer.IsEdgeTriggered;

    /// <summary>Makes the demultiplexer tell of these events. False: the descriptor is closed, there is nothing to wait for.</summary>
    /// <exception cref="ConnectionException">The descriptor cannot be watched.</exception>
    internal bool TryArm(PollEvents events)
    {
        var asked = _asked | (Loop.Demultiplexer.IsEdgeTriggered ? AllEdges : events);
        if (IsClosed) return false;
        if (asked == _asked) return true;
        if (_asked != PollEvents.None) Loop.Demultiplexer.Change(Number, asked, _tag);
        else if (!TryRegister(asked)) return false;
        _asked = asked;
        return true;
    }

    /// <summary>Called by the loop.</summary>
    internal void OnReady(PollEvents events)
    {
        if ((events & (PollEvents.Read | PollEvents.PeerFinished | Broken)) != 0) (IsDrained, HasNews) = (false, true);
        var unwanted = Wake(Reading, events) | (_writing is { } writing ? Wake(writing, events) : PollEvents.None);
        if (unwanted != PollEvents.None) Disarm(unwanted, events);
    }

    /// <summary>
    /// Others than the loop's thread use the descriptor for a while: until somebody waits, or where somebody does already, the loop hears nothing of it. On the loop.
    /// </summary>
    internal void LendOut()
    {
        if (!Reading.IsAwaited && Volatile.Read(ref _writing) is not { IsAwaited: true }) Unregister();
    }

    /// <summary>What was known of the descriptor is no longer true. On the loop.</summary>
    internal void TakeBack() => (IsDrained, HasNews) = (false, false);

    /// <summary>Ends the watch, lets the descriptor go, and wakes whoever waits. Any thread.</summary>
    internal void Close()
    {
        if (!Loop.IsCurrent)
        {
            Loop.Post(static watch => ((DescriptorWatch)watch!).CloseHere(), this);
            return;
        }

        CloseHere();
    }

    // Deadlines may be set by any thread: whoever is first decides.
    private WatchDirection MakeWriting()
    {
        var made = new WatchDirection(this, PollEvents.Write);
        return Interlocked.CompareExchange(ref _writing, made, null) ?? made;
    }

    private int Number => (int)_descriptor.DangerousGetHandle();

    private void CloseHere()
    {
        if (IsClosed) return;
        IsClosed = true;
        Unregister();
        if (_ownsDescriptor) _descriptor.Dispose();
        Reading.End();
        Volatile.Read(ref _writing)?.End();
    }

    private bool TryRegister(PollEvents asked)
    {
        if (!TryHold()) return false;
        _tag = Loop.Watches.Enter(this);
        try
        {
            Loop.Demultiplexer.Add(Number, asked, _tag);
            return true;
        }
        catch
        {
            Loop.Watches.Leave(_tag);
            _descriptor.DangerousRelease();
            throw;
        }
    }

    private bool TryHold()
    {
        try
        {
            var isHeld = false;
            _descriptor.DangerousAddRef(ref isHeld);
            return isHeld;
        }
        catch (ObjectDisposedException)
        {
            return false; // aborted by another thread between its look and this wait
        }
    }

    private void Unregister()
    {
        if (_asked == PollEvents.None) return;
        _asked = PollEvents.None;
        Loop.Demultiplexer.Remove(Number);
        Loop.Watches.Leave(_tag);
        _descriptor.DangerousRelease();
    }

    /// <summary>Wakes a direction that is ready. Returns its event when nobody there waits for it.</summary>
    private PollEvents Wake(WatchDirection direction, PollEvents events)
    {
        var meant = direction.Events | Broken | (direction == Reading ? PollEvents.PeerFinished : PollEvents.None);
        if ((events & meant) == PollEvents.None || direction.IsQueued) return PollEvents.None;
        if (!direction.IsAwaited) return direction.Events;
        Loop.BeginTurn();
        direction.Wake();
        return PollEvents.None;
    }

    /// <summary>
    /// A level that nobody waits for would be told again and again. Errors and hang-ups are told whatever is asked, so then nothing
    /// helps but to leave. An edge is told once and needs none of this.
    /// </summary>
    private void Disarm(PollEvents unwanted, PollEvents events)
    {
        if (Loop.Demultiplexer.IsEdgeTriggered || IsClosed) return;
        var asked = _asked & ~unwanted;
        if (Reading.IsAwaited) asked |= _asked & PollEvents.Read; // woken beside it, and already waiting again
        if (_writing is { IsAwaited: true }) asked |= _asked & PollEvents.Write;
        if (asked == _asked) return;
        if (asked == PollEvents.None || ((events & Broken) != 0 && !Reading.IsAwaited && _writing is not { IsAwaited: true }))
        {
            Unregister();
            return;
        }

        _asked = asked;
        Loop.Demultiplexer.Change(Number, asked, _tag);
    }
}
