using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets;

/// <summary>
/// Gets an accept loop over failures. One descriptor is kept spare: when none are left it is given up for a moment, so that waiting
/// clients can be accepted and closed instead of hanging in the backlog; then the loop pauses, longer each time.
/// </summary>
internal sealed class AcceptRecovery(ILogger logger, ConnectionCounters counters) : IDisposable
{
    private const int ShedAtOnce = 64;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private SafeFileHandle? _spare = OpenSpare();
    private TimeSpan _pause;

    /// <summary>An accept succeeded: the next failure starts with a short pause again.</summary>
    internal void OnSuccess() => _pause = TimeSpan.Zero;

    /// <summary>How long to wait before the next accept, after <paramref name="error"/>.</summary>
    internal TimeSpan OnFailure(SocketListener listener, ConnectionError error)
    {
        // accept(2): errors of the one new connection are passed on here; they are over with it.
        if (error is ConnectionError.Reset or ConnectionError.Unreachable) return TimeSpan.Zero;
        counters.OnAcceptFailure();
        if (_pause == TimeSpan.Zero) Log.AcceptFails(logger, listener.LocalEndPoint, error);
        if (error == ConnectionError.OutOfResources) Shed(listener);
        return _pause = _pause == TimeSpan.Zero ? FirstPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
    }

    /// <inheritdoc/>
    public void Dispose() => _spare?.Dispose();

    private void Shed(SocketListener listener)
    {
        if (!OperatingSystem.IsLinux()) return;
        _spare?.Dispose();
        for (var i = 0; i < ShedAtOnce; i++)
        {
            var descriptor = NativeSocket.Accept(listener.Handle, listener.Family, out _);
            if (descriptor < 0) break;
            counters.OnRefused(RefusalReason.NoDescriptors);
            using var connection = new DescriptorHandle(descriptor);
            NativeSocket.ResetOnClose(connection);
        }

        _spare = OpenSpare();
    }

    private static SafeFileHandle? OpenSpare()
    {
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            return File.OpenHandle("/dev/null");
        }
        catch (IOException)
        {
            return null; // none left at all: the pauses alone have to do
        }
    }
}
