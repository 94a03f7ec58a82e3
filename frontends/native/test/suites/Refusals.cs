using System.Net.Sockets;
using Argosy.FrontEnds;
using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>docs/protocol.md section 2: a refused upload is answered at once, and even the simplest client can read why.</summary>
public sealed class Refusals : ProtocolTest
{
    [Theory]
    [EverySetup]
    public async Task A_refusal_comes_while_the_body_is_still_to_be_sent()
    {
        Start();
        WireClient client = await LoginAsync(FileWorld.Limited);

        Answer answer = await client.AskAsync("""{"cmd":"put","id":1,"path":"file","body":1000000}""");

        Assert.Equal((1, WireError.OverQuota), (answer.Id, answer.Error));
        await client.SendAsync(new byte[1_000_000], Frame.Of("""{"cmd":"ping","id":2}"""));
        Assert.Equal(2, (await client.ReadAsync()).Id);
    }

    [Theory]
    [EverySetup]
    public async Task A_refused_chunked_body_may_be_abandoned_or_finished_and_gets_no_second_reply()
    {
        Start();
        WireClient client = await LoginAsync(FileWorld.Limited);
        for (int id = 1; id <= 2; id++)
        {
            await client.SendAsync($$"""{"cmd":"put","id":{{id}},"path":"file","body":"chunked"}""", Frame.Chunk(new byte[FileWorld.LimitBytes + 1]));
            Answer answer = await client.ReadAsync();
            Assert.Equal((id, WireError.OverQuota), (answer.Id, answer.Error));
            await client.SendAsync(Frame.Chunk(new byte[200_000]), id == 1 ? Frame.Abandon : Frame.End($$"""{"id":{{id}}}"""));
            Assert.True((await client.AskAsync("""{"cmd":"ping"}""")).IsOk);
        }

        await AssertMissingAsync("file", FileWorld.Limited);
    }

    [Theory]
    [EverySetup]
    public async Task A_refused_chunked_body_may_take_its_time()
    {
        Start(new NativeOptions { AllowPlain = true, DiscardTime = TimeSpan.FromMilliseconds(50), DiscardBytes = 1 << 20 });
        WireClient client = await LoginAsync(FileWorld.Limited);
        await client.SendAsync("""{"cmd":"put","id":1,"path":"file","body":"chunked"}""", Frame.Chunk(new byte[FileWorld.LimitBytes + 1]));
        Assert.Equal(WireError.OverQuota, (await client.ReadAsync()).Error);
        await Task.Delay(200);
        for (int i = 0; i < 3; i++)
            await client.SendAsync(Frame.Chunk(new byte[1 << 20]));

        await client.SendAsync(Frame.End("""{"id":1}"""), Frame.Of("""{"cmd":"ping","id":2}"""));
        Assert.Equal(2, (await client.ReadAsync()).Id);
    }

    [Theory]
    [EverySetup]
    public async Task Requests_behind_a_refused_one_are_executed()
    {
        Start();
        WireClient client = await LoginAsync(FileWorld.Limited);
        await client.SendAsync(
            Frame.Of("""{"cmd":"put","id":1,"path":"big","body":200000}"""), new byte[200_000],
            Frame.Of("""{"cmd":"put","id":2,"path":"small","body":5}"""), Frame.Text("small"),
            Frame.Of("""{"cmd":"get","id":3,"path":"small"}"""));

        Assert.Equal((1, WireError.OverQuota), ((await client.ReadAsync()) is { } first ? (first.Id, first.Error) : default));
        Assert.True((await client.ReadAsync()).IsOk);
        AssertText("small", (await client.ReadAsync()).Body);
    }

    [Theory]
    [EverySetup("\"chunked\"")]
    [EverySetup("52428800")]
    public async Task A_client_that_stops_at_its_first_send_error_reads_the_reason_30_of_30(string body)
    {
        Start();
        for (int round = 0; round < 30; round++)
        {
            WireClient client = await LoginAsync(FileWorld.Limited);
            client.Socket.Blocking = true;
            Answer answer = await Task.Run(async () =>
            {
                TrySendAll(client.Socket, body, 50);
                return await client.ReadAsync();
            });

            Assert.Equal((round, 9, WireError.OverQuota), (round, answer.Id, answer.Error));
        }
    }

    [Theory]
    [EverySetup]
    public async Task An_endless_exact_body_is_read_up_to_the_limit_and_then_closed_gently()
    {
        Start(new NativeOptions { AllowPlain = true, DiscardBytes = 1 << 20, LingerTime = TimeSpan.FromMilliseconds(300) });
        WireClient client = await LoginAsync(FileWorld.Limited);
        client.Socket.Blocking = true;
        Answer answer = await Task.Run(async () =>
        {
            TrySendAll(client.Socket, "104857600", 100);
            return await client.ReadAsync();
        });

        Assert.Equal((9, WireError.OverQuota), (answer.Id, answer.Error));
        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [EverySetup]
    public async Task A_refused_body_that_does_not_come_is_given_up_after_the_discard_time()
    {
        Start(new NativeOptions
        {
            AllowPlain = true,
            DiscardTime = TimeSpan.FromMilliseconds(200),
            LingerTime = TimeSpan.FromMilliseconds(200),
        });
        WireClient client = await LoginAsync(FileWorld.Limited);

        Assert.Equal(WireError.OverQuota, (await client.AskAsync("""{"cmd":"put","id":1,"path":"file","body":1000000}""")).Error);
        Assert.True(await client.IsClosedAsync());
    }

    /// <summary>Sends like the simplest client: blocking, until done or until the first error.</summary>
    private static void TrySendAll(Socket socket, string body, int mebibytes)
    {
        byte[] piece = new byte[1 << 20];
        try
        {
            Send(socket, Frame.Of($$"""{"cmd":"put","id":9,"path":"file","body":{{body}}}"""));
            for (int i = 0; i < mebibytes; i++)
            {
                if (body == "\"chunked\"")
                    Send(socket, Frame.Length(piece.Length));
                Send(socket, piece);
            }

            if (body == "\"chunked\"")
                Send(socket, Frame.End("""{"id":9}"""));
        }
        catch (SocketException)
        {
            // That is where such a client stops, and reads.
        }
    }

    private static void Send(Socket socket, byte[] bytes)
    {
        for (int sent = 0; sent < bytes.Length;)
            sent += socket.Send(bytes.AsSpan(sent));
    }
}
