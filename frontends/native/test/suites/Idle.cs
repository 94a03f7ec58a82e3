using System.Net.Sockets;

namespace Argosy.Native.Tests;

/// <summary>Tests that measure this process run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

/// <summary>An idle logged-in session costs little memory and gives back what it needed while it worked.</summary>
[Collection(Alone.Name)]
public sealed class Idle : ProtocolTest
{
    private const int Sessions = 200;

    /// <summary>
    /// Half of the smallest buffer: one that is held shows. Measured alone it is 8 KiB, both ends in this process; after other tests their
    /// pooled arrays come and go as well.
    /// </summary>
    private const long MostBytesPerPair = 32 << 10;

    [Fact]
    public async Task An_idle_session_holds_no_buffers()
    {
        Start();
        await LoginAndIdleAsync(20);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Socket[] idle = await LoginAndIdleAsync(Sessions);
        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Sessions;

        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes for a session and its client");
        Assert.True(each <= MostBytesPerPair, $"{each} bytes");
        foreach (Socket socket in idle)
            socket.Dispose();
    }

    /// <summary>Each session has moved a file; only its socket is kept.</summary>
    private async Task<Socket[]> LoginAndIdleAsync(int count)
    {
        var sockets = new Socket[count];
        for (int i = 0; i < count; i++)
        {
            WireClient client = await WireClient.ConnectAsync(Server.EndPoint);
            Assert.True((await client.LoginAsync(FrontEnds.FileWorld.User, FrontEnds.FileWorld.Password)).IsOk);
            Assert.True((await client.PutAsync("file", new byte[100_000])).IsOk);
            sockets[i] = client.Socket;

            // A socket holds on to the last buffers it was given: small ones, so that they do not count.
            await client.Socket.SendAsync(Frame.Of("""{"cmd":"ping"}"""));
            Assert.NotEqual(0, await client.Socket.ReceiveAsync(new byte[64]));
        }

        return sockets;
    }
}
