using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Argosy.Files;
using Argosy.Sockets;
using Microsoft.Extensions.Logging;

namespace Argosy.Native.Tests;

/// <summary>A server of the native protocol over a file service, for one test.</summary>
internal sealed class NativeServer : IAsyncDisposable
{
    private static readonly SslStreamCertificateContext Certificate = MakeCertificate();
    private readonly StreamServer _server;

    public NativeServer(FileService files, string model, NativeOptions? options = null, int? busyAbove = null, ILogger? log = null)
    {
        options ??= new NativeOptions { AllowPlain = true };
        var frontEnd = new NativeFrontEnd(files, options.Certificate is null ? options with { Certificate = () => Certificate } : options);
        _server = new StreamServer(
            new StreamServerOptions
            {
                ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)],
                Model = ConcurrencyModels.Find(model)!,
                BusyAbove = busyAbove,
            },
            frontEnd.CreateHandler,
            log);
        _server.OnError += (error, _) => Errors.Add(error);
        _server.Start();
    }

    /// <summary>What handlers threw: in an orderly server nothing.</summary>
    public List<Exception> Errors { get; } = [];

    public EndPoint EndPoint => _server.LocalEndPoints[0];

    public int ActiveConnections => _server.ActiveConnections;

    public Task StopAsync(TimeSpan drain) => _server.StopAsync(drain);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static SslStreamCertificateContext MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return SslStreamCertificateContext.Create(certificate, null, offline: true);
    }
}
