using System.Net;
using System.Net.Security;
using Argosy.Files;
using Argosy.FrontEnds;
using Argosy.Native;
using Argosy.Sockets;

namespace Argosy.Client.Tests;

/// <summary>The real server over homes in a temporary folder, and a client's own folder beside it.</summary>
internal sealed class RealServer : IAsyncDisposable
{
    private readonly System.Security.Cryptography.X509Certificates.X509Certificate2 _certificate = Certificates.SelfSigned();
    private readonly StreamServer _server;

    public RealServer(string model = "async", NativeOptions? options = null)
    {
        var context = SslStreamCertificateContext.Create(_certificate, null, offline: true);
        var frontEnd = new NativeFrontEnd(
            World.Files, (options ?? new NativeOptions()) with { AllowPlain = true, Certificate = () => context });
        _server = new StreamServer(
            new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = ConcurrencyModels.Find(model)! },
            frontEnd.CreateHandler);
        _server.Start();
    }

    public FileWorld World { get; } = new(AnonymousAccess.ReadWrite, anonymousQuota: 1L << 40);

    public TemporaryFolder Local { get; } = new();

    public int Port => ((IPEndPoint)_server.LocalEndPoints[0]).Port;

    /// <summary>False: its clients move small files one by one.</summary>
    public bool SharesRequests { get; init; } = true;

    public ArgosyUrl Url(bool tls, string? user = FileWorld.User) =>
        new() { Host = "127.0.0.1", Port = Port, IsPlain = !tls, User = user };

    public ClientOptions Options => new()
    {
        Password = ClientOptions.UsePassword(FileWorld.Password),
        Fingerprint = Fingerprint.Of(_certificate),
        KnownServers = new KnownServers(Local[".known_servers"]),
        SilenceTimeout = TimeSpan.FromSeconds(10),
        MayShareRequests = SharesRequests,
    };

    public Task<FileClient> ConnectAsync(bool tls = false, string user = FileWorld.User) =>
        FileClient.ConnectAsync(Url(tls, user), Options, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await World.DisposeAsync();
        Local.Dispose();
        _certificate.Dispose();
    }
}
