using Argosy.Sockets;
using Argosy.Wire;

namespace Argosy.Native;

/// <summary>
/// Whether anybody still waits for answers. A client that closes in good order is known to have left once something was written to it (RFC 9293
/// section 3.6: until then it may only have finished sending), so answers that wait to be sent are sent first.
/// </summary>
internal sealed class Audience(IConnection connection, Input input, Output output, CancellationToken stopping)
{
    /// <summary>How often it is asked at most: a system call each time.</summary>
    private const long Often = 100;

    /// <summary>After so long within one piece of work the end of the stream counts as having left: who waits for long answers keeps its side open.</summary>
    private const long Long = 1_000;

    private long _asked = Environment.TickCount64;
    private long _began;
    private bool _hasLeft;

    /// <summary>Before a command that is worth nothing without a reader: true where there is none.</summary>
    public ValueTask<bool> HasLeftAsync()
    {
        _began = Environment.TickCount64;
        if (_hasLeft || _began - _asked < Often)
            return new(_hasLeft);
        if (!input.HoldReplies)
            return AskAsync();
        _asked = _began;
        return new(_hasLeft = connection.HasHungUp);
    }

    /// <summary>Between two slices of a long one.</summary>
    /// <exception cref="WireException">There is nobody any more.</exception>
    /// <exception cref="OperationCanceledException">The server is going down.</exception>
    public ValueTask RequireAsync()
    {
        stopping.ThrowIfCancellationRequested();
        return Environment.TickCount64 - _asked < Often ? default : RequireNowAsync();
    }

    private async ValueTask RequireNowAsync()
    {
        if (await AskAsync() || (Environment.TickCount64 - _began > Long && await HasFinishedSendingAsync()))
            throw new WireException(WireError.Abandoned, RequestText.NobodyWaits);
    }

    private async ValueTask<bool> AskAsync()
    {
        await output.FlushAsync();
        _asked = Environment.TickCount64;
        return _hasLeft = output.IsBroken || connection.HasHungUp;
    }

    private async ValueTask<bool> HasFinishedSendingAsync()
    {
        _began = Environment.TickCount64;
        return _hasLeft = await input.IsAtEndAsync();
    }
}
