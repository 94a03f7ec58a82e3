using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Kernel.Tests;

/// <summary>The two sides of a session that has been agreed on, over memory.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
internal sealed class TlsPair : IDisposable
{
    private readonly TlsContext _servers = NewServers();
    private readonly TlsContext _clients = TlsContext.ForClients((0x303, 0x304));

    public TlsPair()
    {
        (There, Here) = MemoryTransport.Pair();
        Server = TlsEngine.ForServer(_servers);
        Client = TlsEngine.ForClient(_clients, "argosy.test", []);
        Agree();
    }

    public TlsEngine Server { get; }

    public TlsEngine Client { get; }

    /// <summary>The server's transport.</summary>
    public MemoryTransport There { get; }

    /// <summary>The client's.</summary>
    public MemoryTransport Here { get; }

    public void Dispose()
    {
        Server.Dispose();
        Client.Dispose();
        _servers.Dispose();
        _clients.Dispose();
    }

    private static TlsContext NewServers()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=argosy.test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var context = TlsContext.ForServers((0x303, 0x304), [], asksForCertificate: false, resumes: true, waitsForName: false);
        context.Show(certificate, []);
        return context;
    }

    private void Agree()
    {
        for (var round = 0; round < 10; round++)
        {
            var step = Client.Handshake(Here);
            if (step == TlsStep.WantJudgement) Client.Judge(Client.PeerCertificates().Single().MatchesHostname("argosy.test"));
            if (Server.Handshake(There) == TlsStep.Done && step == TlsStep.Done) return;
        }

        Assert.Fail($"no agreement: {Client.Error} {Server.Error}");
    }
}
