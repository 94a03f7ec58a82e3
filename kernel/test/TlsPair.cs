using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Kernel.Tests;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
internal static class TlsPair
{
    internal static TlsContext Server()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=argosy.test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var context = TlsContext.ForServers((0x303, 0x304), [], asksForCertificate: false, resumes: true, waitsForName: false);
        context.Show(certificate, []);
        return context;
    }

    internal static void Agree(TlsEngine server, ITlsTransport there, TlsEngine client, ITlsTransport here)
    {
        for (var round = 0; round < 10; round++)
        {
            var step = client.Handshake(here);
            if (step == TlsStep.WantJudgement) client.Judge(client.PeerCertificates().Single().MatchesHostname("argosy.test"));
            if (server.Handshake(there) == TlsStep.Done && step == TlsStep.Done) return;
        }

        Assert.Fail($"no agreement: {client.Error} {server.Error}");
    }
}

/// <summary>Two ends in memory, with as much room as they are given.</summary>
internal sealed class MemoryTransport : ITlsTransport
{
    private const int Again = -11;

    private readonly Queue<byte> _arriving = new();
    private MemoryTransport _other = null!;

    internal int Room { get; set; } = int.MaxValue;

    internal int Sends { get; set; }

    internal static (MemoryTransport There, MemoryTransport Here) Pair()
    {
        var (there, here) = (new MemoryTransport(), new MemoryTransport());
        (there._other, here._other) = (here, there);
        return (there, here);
    }

    public int Receive(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _arriving.Count);
        for (var i = 0; i < count; i++) buffer[i] = _arriving.Dequeue();
        return count > 0 ? count : Again;
    }

    public int Send(ReadOnlySpan<byte> data)
    {
        var count = Math.Min(Room, data.Length);
        if (count == 0) return Again;
        if (Room != int.MaxValue) Room -= count;
        Sends++;
        foreach (var value in data[..count]) _other._arriving.Enqueue(value);
        return count;
    }
}
