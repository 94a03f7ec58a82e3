using System.Net.Sockets;
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

    /// <summary>So many connections in a row that were over before they were accepted are a fault of something else: then it pauses as well.</summary>
    private const int MostLostInARow = 64;

    /// <summary>
    /// accept(2), "Error handling": errors of the one new connection are passed on here, and it is to be tried again at once. EPERM is a firewall
    /// rule's; the last four are what some kernels have been seen to give.
    /// </summary>
    private static readonly HashSet<int> OfOneConnection =
    [
        Errno.ECONNABORTED, Errno.ECONNRESET, Errno.EPROTO, Errno.ENOPROTOOPT, Errno.EHOSTDOWN, Errno.ENONET, Errno.EHOSTUNREACH, Errno.EOPNOTSUPP,
        Errno.ENETUNREACH, Errno.ENETDOWN, Errno.EPERM, Errno.ENOSR, Errno.ESOCKTNOSUPPORT, Errno.EPROTONOSUPPORT, Errno.ETIMEDOUT,
    ];

    private static readonly HashSet<SocketError> OfOneSocket =
    [
        SocketError.ConnectionAborted, SocketError.ConnectionReset, SocketError.ProtocolOption, SocketError.HostDown, SocketError.HostNotFound,
        SocketError.HostUnreachable, SocketError.OperationNotSupported, SocketError.NetworkUnreachable, SocketError.NetworkDown,
        SocketError.AccessDenied, SocketError.SocketNotSupported, SocketError.ProtocolNotSupported, SocketError.TimedOut,
    ];

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private SafeFileHandle? _spare = OpenSpare();
    private TimeSpan _pause;
    private int _lostInARow;

    /// <summary>What a failed accept means: <see cref="ConnectionError.Reset"/> where it was about the one new connection.</summary>
    internal static ConnectionError Meaning(int errno) => OfOneConnection.Contains(errno) ? ConnectionError.Reset : ConnectionErrors.Meaning(errno);

    /// <inheritdoc cref="Meaning(int)"/>
    internal static ConnectionError Meaning(SocketException error) =>
        OfOneSocket.Contains(error.SocketErrorCode) ? ConnectionError.Reset : ConnectionErrors.Meaning(error);

    /// <summary>An accept succeeded: the next failure starts with a short pause again.</summary>
    internal void OnSuccess() => (_pause, _lostInARow) = (TimeSpan.Zero, 0);

    /// <summary>How long to wait before the next accept, after <paramref name="error"/>.</summary>
    internal TimeSpan OnFailure(SocketListener listener, ConnectionError error)
    {
        if (error == ConnectionError.Reset && ++_lostInARow % MostLostInARow != 0) return TimeSpan.Zero;
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
