using System.Net;
using System.Net.Sockets;
using static Argosy.Sockets.ConnectionError;

namespace Argosy.Sockets;

/// <summary>The border: what the system reports becomes a <see cref="ConnectionException"/> here and nowhere else.</summary>
internal static class ConnectionErrors
{
    private static readonly Dictionary<int, ConnectionError> ByErrno = new()
    {
        [Errno.ECONNRESET] = Reset,
        [Errno.EPIPE] = Reset,
        [Errno.ENOTCONN] = Reset,
        [Errno.ETIMEDOUT] = Reset,
        [Errno.ECONNABORTED] = Reset,
        [Errno.EBADF] = Aborted,
        [Errno.ECONNREFUSED] = Refused,
        [Errno.EHOSTUNREACH] = Unreachable,
        [Errno.ENETUNREACH] = Unreachable,
        [Errno.ENETDOWN] = Unreachable,
        [Errno.EADDRINUSE] = AddressInUse,
        [Errno.EADDRNOTAVAIL] = BadAddress,
        [Errno.EAFNOSUPPORT] = BadAddress,
        [Errno.EINVAL] = BadAddress,
        [Errno.ENOENT] = BadAddress,
        [Errno.ENAMETOOLONG] = BadAddress,
        [Errno.EACCES] = NotPermitted,
        [Errno.EPERM] = NotPermitted,
        [Errno.EMFILE] = OutOfResources,
        [Errno.ENFILE] = OutOfResources,
        [Errno.ENOBUFS] = OutOfResources,
        [Errno.ENOMEM] = OutOfResources,
    };

    private static readonly Dictionary<SocketError, ConnectionError> BySocketError = new()
    {
        [SocketError.ConnectionReset] = Reset,
        [SocketError.ConnectionAborted] = Reset,
        [SocketError.NetworkReset] = Reset,
        [SocketError.NotConnected] = Reset,
        [SocketError.Shutdown] = Reset,
        [SocketError.TimedOut] = Reset,
        [SocketError.OperationAborted] = Aborted,
        [SocketError.Interrupted] = Aborted,
        [SocketError.ConnectionRefused] = Refused,
        [SocketError.HostUnreachable] = Unreachable,
        [SocketError.NetworkUnreachable] = Unreachable,
        [SocketError.NetworkDown] = Unreachable,
        [SocketError.HostDown] = Unreachable,
        [SocketError.HostNotFound] = Unreachable,
        [SocketError.NoData] = Unreachable,
        [SocketError.TryAgain] = Unreachable,
        [SocketError.AddressAlreadyInUse] = AddressInUse,
        [SocketError.AddressNotAvailable] = BadAddress,
        [SocketError.AddressFamilyNotSupported] = BadAddress,
        [SocketError.InvalidArgument] = BadAddress,
        [SocketError.AccessDenied] = NotPermitted,
        [SocketError.TooManyOpenSockets] = OutOfResources,
        [SocketError.NoBufferSpaceAvailable] = OutOfResources,
    };

    /// <summary>What an errno means, said of the thing that was tried: "Reading from 192.0.2.1:5000".</summary>
    internal static ConnectionException FromErrno(int errno, string tried) =>
        From(ByErrno.GetValueOrDefault(errno), tried, new System.ComponentModel.Win32Exception(errno));

    /// <summary>It was ended on our side.</summary>
    internal static ConnectionException Ended(string tried) => FromErrno(Errno.EBADF, tried);

    /// <summary>A second operation of a kind that a connection takes one of.</summary>
    internal static InvalidOperationException OneAtATime() => new(
        "A connection takes one read and one write at a time, and one like this is under way already: await it first.");

    /// <summary>As <see cref="FromErrno"/>, without an exception: a process without descriptors cannot load the type of one.</summary>
    internal static ConnectionError Meaning(int errno) => ByErrno.GetValueOrDefault(errno);

    /// <summary>What the runtime's socket reported, said of the thing that was tried.</summary>
    internal static ConnectionException FromSocket(SocketException error, string tried) =>
        From(Meaning(error), tried, error);

    /// <summary>
    /// As <see cref="FromErrno"/>, for a connect: no answer in time means unreachable, and a path without a socket that nobody listens.
    /// </summary>
    internal static ConnectionException FromConnect(int errno, string tried) => errno switch
    {
        Errno.ETIMEDOUT => From(Unreachable, tried, new System.ComponentModel.Win32Exception(errno)),
        Errno.ENOENT => From(Refused, tried, new System.ComponentModel.Win32Exception(errno)),
        _ => FromErrno(errno, tried),
    };

    /// <inheritdoc cref="FromConnect(int, string)"/>
    internal static ConnectionException FromConnect(SocketException error, string tried, EndPoint address)
    {
        var meaning = error.SocketErrorCode switch
        {
            SocketError.TimedOut => Unreachable,
            SocketError.AddressNotAvailable when address is UnixDomainSocketEndPoint => Refused, // what the runtime makes of ENOENT
            _ => Meaning(error),
        };
        return From(meaning, tried, error);
    }

    internal static ConnectionError Meaning(SocketException error) => BySocketError.GetValueOrDefault(error.SocketErrorCode);

    private static ConnectionException From(ConnectionError error, string tried, Exception inner) => error switch
    {
        Aborted => new ConnectionException(error, $"{tried}: the connection was aborted on our side.", inner),
        Reset => new ConnectionException(error, $"{tried}: the peer reset the connection or vanished.", inner),
        Refused => new ConnectionException(error, $"{tried}: refused; nobody listens there.", inner),
        OutOfResources => new ConnectionException(
            error, $"{tried}: no descriptors or memory left. Raise the limit (ulimit -n, LimitNOFILE=) or lower the number of connections.", inner),
        _ => new ConnectionException(error, $"{tried}: {inner.Message}.", inner),
    };
}
