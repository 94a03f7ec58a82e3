using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>One datagram and the way to answer it. Valid until its handler has completed; it then serves the next.</summary>
public sealed class DatagramContext
{
    private readonly DatagramDispatcher _dispatcher;
    private ReceivedDatagram? _datagram;
    private EndPoint? _sender;

    internal DatagramContext(DatagramDispatcher dispatcher) => _dispatcher = dispatcher;

    /// <summary>What was received; it may be empty. When truncated, the datagram's first bytes.</summary>
    public ReadOnlyMemory<byte> Payload => Datagram.Payload;

    /// <summary>How long the datagram was when it was sent.</summary>
    public int Length => Datagram.Length;

    /// <summary>True when it was longer than the server takes, so that <see cref="Payload"/> is not all of it.</summary>
    public bool IsTruncated => Datagram.Length > Datagram.Held;

    /// <summary>Who sent it; null for a Unix socket without a name, which cannot be answered. UDP senders are easily forged.</summary>
    public EndPoint? Sender => _sender ??= NativeAddress.Read(Datagram.Socket.Family, Datagram.Address);

    /// <summary>The address it was sent to, which is where <see cref="Reply"/> answers from, also on a server bound to all addresses.</summary>
    public EndPoint LocalEndPoint => Datagram.Socket.LocalEndPoint is IPEndPoint { Port: var port } && Datagram.InfoLength > 0
        ? PacketInfo.Address(Datagram.Info, port)
        : Datagram.Socket.LocalEndPoint;

    /// <summary>Fires when the server drains.</summary>
    public CancellationToken Stopping => _dispatcher.Stopping;

    /// <summary>The server's log.</summary>
    public ILogger Logger => _dispatcher.Logger;

    /// <summary>
    /// Answers the sender, from the address that was asked. It never waits: false when the kernel has no room or the sender has gone, which is
    /// counted; true promises no more than datagrams do.
    /// </summary>
    /// <exception cref="ArgumentException">The answer is longer than the transport carries.</exception>
    /// <exception cref="ConnectionException">The system refuses to send for another reason.</exception>
    public bool Reply(ReadOnlySpan<byte> answer)
    {
        const int unnamed = 2; // only the family (unix(7))
        return Send(answer, Datagram.AddressLength > unnamed ? Datagram.Address : default, Datagram.Info);
    }

    /// <summary>As <see cref="Reply"/>, to somebody else, and where the server is bound to all addresses from the one that the route prefers.</summary>
    /// <inheritdoc cref="Reply" path="/exception"/>
    public bool Send(ReadOnlySpan<byte> data, EndPoint address)
    {
        if (address is IPEndPoint ip && ip.AddressFamily == AddressFamily.InterNetwork && Datagram.Socket.Family == AddressFamily.InterNetworkV6)
            address = new IPEndPoint(ip.Address.MapToIPv6(), ip.Port);
        var bytes = address.Serialize();
        return Send(data, bytes.Buffer.Span[..bytes.Size], from: default);
    }

    /// <summary>
    /// Runs work that may block: inline where the model's handlers may block, otherwise on a small pool of disk threads, and then resumes
    /// where the model runs its handlers.
    /// </summary>
    public ValueTask<TResult> OffloadAsync<TState, TResult>(Func<TState, TResult> work, TState state) =>
        _dispatcher.HandlersMayBlock ? new(work(state)) : DiskPool.Shared.RunAsync(work, state);

    private ReceivedDatagram Datagram => _datagram ?? throw new InvalidOperationException(
        "The datagram's handler has completed, so it is gone; copy what is needed later.");

    internal void Begin(ReceivedDatagram datagram) => _datagram = datagram;

    internal void End()
    {
        (_datagram, _sender) = (null, null);
    }

    private bool Send(ReadOnlySpan<byte> data, ReadOnlySpan<byte> address, ReadOnlySpan<byte> from)
    {
        if (!address.IsEmpty && _dispatcher.TrySend(Datagram.Socket, data, address, from)) return true;
        _dispatcher.Counters.OnUnsent();
        return false;
    }
}
