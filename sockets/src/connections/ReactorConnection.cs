using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>
/// The connection of the reactor models: an operation that the kernel cannot serve now is taken up again by the loop, on whose thread
/// its caller resumes.
/// </summary>
internal sealed class ReactorConnection : DescriptorConnection
{
    /// <param name="watch">Its socket on its loop; owned from here on.</param>
    /// <param name="socket">A connected, non-blocking socket; owned from here on.</param>
    /// <param name="family">Its address family.</param>
    /// <param name="peer">Its peer's address.</param>
    internal ReactorConnection(DescriptorWatch watch, DescriptorHandle socket, AddressFamily family, EndPoint? peer)
        : base(socket, family, peer) => Watch = watch;

    internal DescriptorWatch Watch { get; }

    public override Deadline ReadDeadline
    {
        get => Watch.Reading.Deadline;
        set => Watch.Reading.Deadline = value;
    }

    public override Deadline WriteDeadline
    {
        get => Watch.WriteDeadline;
        set => Watch.Writing.Deadline = value;
    }

    internal override bool IsTurnOver => Watch.Loop.IsCurrent && Watch.Loop.IsTurnOver;

    /// <summary>On the loop it need not ask: what the last read left and what events told since is known.</summary>
    internal override bool IsReadable()
    {
        if (HasBufferedInput || HasEnded) return true;
        if (!Watch.Loop.IsCurrent) return base.IsReadable();
        return !Watch.IsDrained && (Watch.HasNews || base.IsReadable());
    }

    internal override ValueTask WaitForInputAsync() =>
        HasBufferedInput || HasEnded || Watch.Reading.TakePoke()
            ? ValueTask.CompletedTask
            : Watch.Reading.WaitAsync(heedsDeadline: true, CancellationToken.None);

    internal override void Poke() => Watch.Reading.Poke();

    internal override async ValueTask WaitReadableAsync(CancellationToken cancellation)
    {
        while (!IsReadable())
        {
            cancellation.ThrowIfCancellationRequested();
            await Watch.Reading.WaitAsync(heedsDeadline: false, cancellation);
        }
    }

    protected internal override ValueTask WaitAsync(PollEvents events, CancellationToken cancellation)
    {
        if (BulkPart.Current is { } part)
        {
            if (part.IsTurnOver) return BulkPart.YieldAsync();
            if (part.MayLookAgain() && BecomesReady(events)) return default;
        }

        return (events == PollEvents.Read ? Watch.Reading : Watch.Writing).WaitAsync(heedsDeadline: true, cancellation);
    }

    protected override bool MayTry(PollEvents events)
    {
        if (!Watch.Loop.IsCurrent)
        {
            if (events == PollEvents.Read) Watch.OnTry();
            return BulkPart.Current is not { IsTurnOver: true };
        }

        if (!Watch.Loop.TrySpend()) return false;
        return events != PollEvents.Read || IsWorthReading();
    }

    protected override bool MayTryNow()
    {
        if (Watch.Loop.IsCurrent)
        {
            Watch.Loop.TrySpend(); // it counts, and ends the turn for what comes after
            return IsWorthReading();
        }

        Watch.OnTry();
        return true;
    }

    protected override bool WasToldOfInput() => Watch.Loop.IsCurrent && Watch.HasNews && Watch.Loop.TrySpend();

    protected override void OnShortRead()
    {
        if (Watch.Loop.IsCurrent) Watch.OnShortRead(); // elsewhere an event may have come and gone since the read
    }

    protected override void OnMoved(long count)
    {
        if (count <= 0) return;
        if (Watch.Loop.IsCurrent) Watch.Loop.Charge(count);
        else BulkPart.Current?.Charge(count);
    }

    protected override void WakeWaiters() => Watch.Close();

    private bool IsWorthReading()
    {
        if (Watch.IsDrained) return false;
        Watch.OnTry();
        return true;
    }
}
