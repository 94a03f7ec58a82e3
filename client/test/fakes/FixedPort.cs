using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Client.Tests;

/// <summary>A port that stays reserved while one fake server after another listens on it.</summary>
internal sealed class FixedPort : IDisposable
{
    // Bound but not listening: nobody else is given the port, and connections are refused.
    private readonly Socket _reservation = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public FixedPort()
    {
        _reservation.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _reservation.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    public ArgosyUrl Url => new() { Host = "127.0.0.1", Port = ((IPEndPoint)_reservation.LocalEndPoint!).Port };

    public FakeServer Open(X509Certificate2 certificate, Func<FakePeer, Task>? script = null) =>
        new(script ?? (peer => peer.GreetAsync()), certificate, Url.Port);

    public void Dispose() => _reservation.Dispose();
}
