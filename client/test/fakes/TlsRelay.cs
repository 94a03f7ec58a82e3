using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Client.Tests;

/// <summary>A man in the middle: ends the client's TLS with its own certificate, opens its own to the server, and passes all on as it is.</summary>
internal sealed class TlsRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _relaying;
    private long _bytes;

    public TlsRelay(int target, X509Certificate2 certificate)
    {
        _listener.Start();
        _relaying = RelayAsync(target, certificate);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public long Bytes => Volatile.Read(ref _bytes);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _relaying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RelayAsync(int target, X509Certificate2 certificate)
    {
        using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, target, _stop.Token);
        await using var clientSide = new SslStream(client.GetStream());
        await using var serverSide = new SslStream(server.GetStream(), false, (_, _, _, _) => true);
        await clientSide.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, _stop.Token);
        await serverSide.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, _stop.Token);
        await Task.WhenAny(PassAsync(clientSide, serverSide), PassAsync(serverSide, clientSide));
    }

    private async Task PassAsync(Stream from, Stream to)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await from.ReadAsync(buffer, _stop.Token)) > 0)
        {
            Interlocked.Add(ref _bytes, count);
            await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }
}
