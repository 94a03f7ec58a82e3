using System.Net.Sockets;

namespace Argosy.Sockets;

/// <content>On a lane (<see cref="BulkPart"/>), where an operation tries before it goes the runtime's way.</content>
internal sealed partial class RuntimeConnection
{
    /// <summary>On a lane: what is here, or comes within the blink of an eye where bytes have flowed; otherwise -EAGAIN.</summary>
    private int TryReadOn(BulkPart part, Memory<byte> buffer)
    {
        var count = TryRead(buffer);
        if (count == -Errno.EAGAIN && part.MayLookAgain() && BecomesReady(SelectMode.SelectRead)) count = TryRead(buffer);
        if (count > 0) part.Charge(count);
        return count;
    }

    /// <summary>On a lane: as much as there is room for, now or in the blink of an eye.</summary>
    private int TrySendOn(BulkPart part, ReadOnlySpan<byte> data)
    {
        var count = SendNow(data);
        if (count <= 0 && part.MayLookAgain() && BecomesReady(SelectMode.SelectWrite)) count = SendNow(data);
        if (count > 0) part.Charge(count);
        return count;
    }

    private bool BecomesReady(SelectMode mode)
    {
        try
        {
            return _socket.Poll(BulkPart.BlinkMilliseconds * 1000, mode);
        }
        catch (Exception e) when (IsFailure(e))
        {
            return true; // the operation will say so
        }
    }
}
