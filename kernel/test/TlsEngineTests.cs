namespace Argosy.Kernel.Tests;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class TlsEngineTests
{
    [Fact]
    public void The_two_sides_agree_say_many_records_and_say_goodbye()
    {
        if (!OpenSsl.IsAvailable) Assert.Skip("no OpenSSL 3 that .NET uses too");
        using var server = TlsPair.Server();
        var (there, here) = MemoryTransport.Pair();
        using var serverSide = TlsEngine.ForServer(server);
        using var context = TlsContext.ForClients((0x303, 0x304));
        using var clientSide = TlsEngine.ForClient(context, "argosy.test", []);
        TlsPair.Agree(serverSide, there, clientSide, here);
        var data = new byte[1_000_000];
        new Random(1).NextBytes(data);
        var taken = 0;
        while (taken < data.Length)
        {
            var (step, count) = clientSide.Write(here, data.AsSpan(taken));
            Assert.Equal(TlsStep.Done, step);
            taken += count;
        }

        Assert.InRange(here.Sends, 1, 8); // sixteen records in each
        here.Sends = 0;
        var got = new byte[data.Length + 1];
        Assert.Equal((TlsStep.WantRead, data.Length), serverSide.Read(there, got));
        Assert.True(data.AsSpan().SequenceEqual(got.AsSpan(0, data.Length)));
        Assert.Equal(TlsStep.Done, clientSide.Shutdown(here));
        Assert.Equal((TlsStep.Closed, 0), serverSide.Read(there, got));
    }

    [Fact]
    public void What_did_not_fit_is_sent_later_and_once()
    {
        if (!OpenSsl.IsAvailable) Assert.Skip("no OpenSSL 3 that .NET uses too");
        using var server = TlsPair.Server();
        var (there, here) = MemoryTransport.Pair();
        using var serverSide = TlsEngine.ForServer(server);
        using var context = TlsContext.ForClients((0x303, 0x304));
        using var clientSide = TlsEngine.ForClient(context, "argosy.test", []);
        TlsPair.Agree(serverSide, there, clientSide, here);
        var data = new byte[300_000];
        new Random(2).NextBytes(data);
        var got = new MemoryStream();
        var buffer = new byte[7777];
        here.Room = 5000;
        for (var taken = 0; taken < data.Length || clientSide.HasOutput;)
        {
            var (step, count) = clientSide.Write(here, data.AsSpan(taken));
            taken += count;
            Assert.True(step is TlsStep.Done or TlsStep.WantWrite);
            while (serverSide.Read(there, buffer) is { Count: > 0 and var read }) got.Write(buffer, 0, read);
            here.Room = 5000;
        }

        while (serverSide.Read(there, buffer) is { Count: > 0 and var read }) got.Write(buffer, 0, read);
        Assert.True(data.AsSpan().SequenceEqual(got.ToArray()));
    }
}
