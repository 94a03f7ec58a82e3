using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Argosy.Sockets.Tests;

/// <summary>The peer in a test of datagrams: the runtime's own socket, bound so that it can be answered.</summary>
internal sealed class DatagramClient : IDisposable
{
    private readonly Socket _socket;

    public DatagramClient(string wire)
    {
        var address = DatagramWire.NewAddress(wire);
        _socket = new Socket(address.AddressFamily, SocketType.Dgram, wire == "unix" ? ProtocolType.Unspecified : ProtocolType.Udp);
        _socket.Bind(address);
        Address = wire == "unix" ? address : _socket.LocalEndPoint!;
    }

    public EndPoint Address { get; }

    public async Task SendAsync(byte[] bytes, EndPoint to) =>
        await _socket.SendToAsync(bytes.AsMemory(), to, TestContext.Current.CancellationToken);

    public async Task SendAsync(string text, EndPoint to) => await SendAsync(Encoding.ASCII.GetBytes(text), to);

    public async Task<string> TextAsync() => Encoding.ASCII.GetString((await ReceiveAsync()).Bytes);

    public async Task<(byte[] Bytes, EndPoint From)> ReceiveAsync()
    {
        var buffer = new byte[70_000];
        var received = await _socket.ReceiveFromAsync(buffer.AsMemory(), Address, TestContext.Current.CancellationToken);
        return (buffer[..received.ReceivedBytes], received.RemoteEndPoint);
    }

    public void Dispose()
    {
        _socket.Dispose();
        if (Address is UnixDomainSocketEndPoint) File.Delete(Address.ToString()!);
    }
}
