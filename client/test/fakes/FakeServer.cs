using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Client.Tests;

/// <summary>
/// A fake: no file server, but a script that is run for each connection, written with the wire's own codec, to say what an
/// honest server never would.
/// </summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly X509Certificate2? _certificate;
    private readonly Func<FakePeer, Task> _script;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly List<Task> _running = [];

    public FakeServer(Func<FakePeer, Task> script, X509Certificate2? certificate = null, int port = 0)
    {
        (_script, _certificate) = (script, certificate);
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => _running.Count;

    public ArgosyUrl Url => new() { Host = "127.0.0.1", Port = Port, IsPlain = _certificate is null };

    /// <summary>A server that greets, then runs the script.</summary>
    public static FakeServer Greeting(Func<FakePeer, Task> script) => new(async peer =>
    {
        await peer.GreetAsync();
        await script(peer);
    });

    public Task<FileClient> ConnectAsync(ClientOptions? options = null) => FileClient.ConnectAsync(
        Url, options ?? new ClientOptions { SilenceTimeout = TimeSpan.FromSeconds(10) }, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_running);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _running.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException)
        {
            return;
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using var closing = connection;
        try
        {
            connection.NoDelay = true;
            Stream stream = connection.GetStream();
            if (_certificate is not null)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions { ServerCertificate = _certificate, EnabledSslProtocols = SslProtocols.Tls13 }, _stop.Token);
                stream = secure;
            }

            await using var ending = stream;
            var peer = new FakePeer(stream, _certificate, _stop.Token);
            await _script(peer);
            // Like a polite server: half-close, and let the client read all before the socket goes.
            if (_certificate is null)
                connection.Client.Shutdown(SocketShutdown.Send);
            await peer.DiscardAsync();
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or AuthenticationException or EndOfStreamException)
        {
            return;
        }
    }
}
