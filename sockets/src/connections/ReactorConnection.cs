using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>
/// The connection of the reactor models: an operation that the kernel cannot serve now is taken up again by the loop, on whose thread
/// its caller resumes.
/// </summary>
internal sealed class ReactorConnection : DescriptorConnection
{
    /// <summary>True between a look that found something and the read that takes it, which then must not be put off: TLS counts on it.</summary>
    private bool _isKnownReadable;

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

    internal override bool IsReadable() => _isKnownReadable = base.IsReadable();

    internal override async ValueTask WaitReadableAsync(CancellationToken cancellation)
    {
        while (!IsReadable())
        {
            cancellation.ThrowIfCancellationRequested();
            await Watch.Reading.WaitAsync(heedsDeadline: false, cancellation);
        }
    }

    protected override ValueTask WaitAsync(PollEvents events, CancellationToken cancellation) =>
        (events == PollEvents.Read ? Watch.Reading : Watch.Writing).WaitAsync(heedsDeadline: true, cancellation);

    protected override bool MayTry(PollEvents events)
    {
        if (!Watch.Loop.IsCurrent)
        {
            if (events == PollEvents.Read) Watch.OnTry();
            return true;
        }

        if (events != PollEvents.Read) return Watch.Loop.TrySpend();
        if (!_isKnownReadable && (!Watch.Loop.TrySpend() || Watch.IsDrained)) return false;
        _isKnownReadable = false;
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
        if (count > 0 && Watch.Loop.IsCurrent) Watch.Loop.Charge(count);
    }

    protected override void WakeWaiters() => Watch.Close();
}
