using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets;

/// <summary>
/// A bound socket that somebody else opened: a service manager (<see cref="InheritedSockets"/>) or the process before this one
/// (<see cref="ListenerHandOver"/>). It is given to one server, by <see cref="StreamServerOptions.Inherited"/> or
/// <see cref="DatagramServerOptions.Inherited"/>, which closes it in the end; dispose it where no server takes it.
/// </summary>
public sealed class InheritedSocket : IDisposable
{
    private const int NotASocket = 88; // ENOTSOCK

    private Socket? _socket;

    private InheritedSocket(string name, Socket socket, EndPoint address, bool ownsFile)
    {
        (Name, _socket, LocalEndPoint, OwnsFile) = (name, socket, address, ownsFile);
        Type = socket.SocketType;
    }

    /// <summary>What its giver calls it: <c>FileDescriptorName=</c> of the systemd unit, <c>unknown</c> where nobody named it.</summary>
    public string Name { get; }

    /// <summary><see cref="SocketType.Stream"/> for a listening socket, <see cref="SocketType.Dgram"/> for one that receives datagrams.</summary>
    public SocketType Type { get; }

    /// <summary>The address it is bound to.</summary>
    public EndPoint LocalEndPoint { get; }

    /// <summary>True where a Unix socket's file is now ours to remove: its maker has left it to us.</summary>
    internal bool OwnsFile { get; }

    /// <summary>Closes the socket, unless a server has taken it. Whoever else holds it may go on using it.</summary>
    public void Dispose() => Interlocked.Exchange(ref _socket, null)?.Dispose();

    /// <summary>Takes the descriptor over, which from now on is closed on exec.</summary>
    /// <param name="descriptor">Owned by the result; left open where it is not what it should be, since it may be anybody's.</param>
    /// <param name="name">What its giver calls it.</param>
    /// <param name="ownsFile">Whether a Unix socket's file is ours to remove.</param>
    /// <exception cref="ConnectionException">It is not open, or nothing that a server could use; the message tells what it is.</exception>
    internal static InheritedSocket From(int descriptor, string name, bool ownsFile)
    {
        using var borrowed = new SafeFileHandle(descriptor, ownsHandle: false);
        var said = $"The inherited descriptor {descriptor} ('{name}')";
        if (NativeSocket.SetCloseOnExec(borrowed) < 0) throw Unusable(said, "is not open. Whoever starts this process must leave it open.");
        var error = SocketKind.TryRead(borrowed, out var kind);
        if (error == -NotASocket) throw Unusable(said, "is no socket.");
        if (error < 0) throw ConnectionErrors.FromErrno(-error, said);
        if (Fault(kind) is { } fault) throw Unusable(said, fault);
        var address = NativeSocket.LocalEndPoint(borrowed, kind.Family) ?? throw Unusable(said, "is bound to no address.");
        NativeSocket.SetNonBlocking(borrowed);
        var owns = ownsFile && address is UnixDomainSocketEndPoint && Path.IsPathRooted(address.ToString());
        return new InheritedSocket(name, new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)), address, owns);
    }

    /// <summary>True when a server that is told to use this address need not bind it: this socket is it. Port 0 asks for any port.</summary>
    internal bool Serves(EndPoint asked) => (asked, LocalEndPoint) switch
    {
        (IPEndPoint wanted, IPEndPoint had) => wanted.Address.Equals(had.Address) && (wanted.Port == 0 || wanted.Port == had.Port),
        _ => asked.ToString() == LocalEndPoint.ToString() && asked.AddressFamily == LocalEndPoint.AddressFamily,
    };

    /// <summary>Gives the socket to a server.</summary>
    /// <exception cref="ArgumentException">It is of the other type.</exception>
    /// <exception cref="InvalidOperationException">It was given to a server, or disposed, before.</exception>
    internal Socket TakeFor(SocketType type)
    {
        if (Type != type)
        {
            var server = type == SocketType.Stream ? "A stream server" : "A datagram server";
            throw new ArgumentException($"{server} cannot use the inherited socket '{Name}' at {LocalEndPoint}, which is of type {Type}.");
        }

        return Interlocked.Exchange(ref _socket, null)
            ?? throw new InvalidOperationException($"The inherited socket '{Name}' at {LocalEndPoint} was used or closed before.");
    }

    private static string? Fault(SocketKind kind) => kind switch
    {
        { Family: AddressFamily.Unknown } => "is a socket, but neither of IP nor a Unix socket.",
        { Type: SocketType.Dgram } => null,
        { Type: not SocketType.Stream } => $"is a socket of type {kind.Type}; streams and datagrams are served.",
        { IsListening: false } => "is a stream socket that does not listen. In a systemd socket unit, set Accept=no.",
        _ => null,
    };

    private static ConnectionException Unusable(string said, string why) => new(ConnectionError.Failed, $"{said} {why}");
}
