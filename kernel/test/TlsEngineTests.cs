namespace Argosy.Kernel.Tests;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class TlsEngineTests
{
    public TlsEngineTests() => Assert.SkipUnless(OpenSsl.IsAvailable, "no OpenSSL 3 that .NET uses too");

    [Fact]
    public void The_two_sides_agree_say_many_records_and_say_goodbye()
    {
        using var pair = new TlsPair();
        var before = pair.Here.Sends;
        var data = Noise(1_000_000);
        for (var taken = 0; taken < data.Length;)
        {
            var (step, count) = pair.Client.Write(pair.Here, data.AsSpan(taken));
            Assert.Equal(TlsStep.Done, step);
            taken += count;
        }

        Assert.InRange(pair.Here.Sends - before, 1, 5); // sixteen records in each
        var got = new byte[data.Length + 1];
        Assert.Equal((TlsStep.WantRead, data.Length), pair.Server.Read(pair.There, got));
        Assert.True(data.AsSpan().SequenceEqual(got.AsSpan(0, data.Length)));
        Assert.Equal(TlsStep.Done, pair.Client.Shutdown(pair.Here));
        Assert.Equal((TlsStep.Closed, 0), pair.Server.Read(pair.There, got));
    }

    [Fact]
    public void What_did_not_fit_is_sent_later_and_once()
    {
        using var pair = new TlsPair();
        var data = Noise(300_000);
        var got = new MemoryStream();
        var buffer = new byte[7777];
        var (step, taken) = (TlsStep.WantWrite, 0);
        while (step == TlsStep.WantWrite || taken < data.Length)
        {
            pair.Here.Room = 5000;
            (step, var count) = pair.Client.Write(pair.Here, data.AsSpan(taken));
            taken += count;
            Assert.True(step is TlsStep.Done or TlsStep.WantWrite);
            while (pair.Server.Read(pair.There, buffer) is { Count: > 0 and var read }) got.Write(buffer, 0, read);
        }

        Assert.True(data.AsSpan().SequenceEqual(got.ToArray()));
    }

    [Fact]
    public void An_alert_of_the_peer_is_known_by_its_number()
    {
        var (there, here) = MemoryTransport.Pair();
        using var context = TlsContext.ForClients((0x304, 0x304));
        using var client = TlsEngine.ForClient(context, "argosy.test", []);
        Assert.Equal(TlsStep.WantRead, client.Handshake(here));
        there.Send([21, 3, 3, 0, 2, 2, 49]); // RFC 8446, sections 5.1 and 6: a fatal alert, access_denied
        Assert.Equal(TlsStep.Failed, client.Handshake(here));
        Assert.Equal(49, client.Alert);
        Assert.NotEmpty(client.Error);
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
