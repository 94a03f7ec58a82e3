using System.Security.Cryptography;
using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>docs/protocol.md section 4: what a client gets is one version of a file, also where somebody beside the server writes into it.</summary>
public sealed class Versions : ProtocolTest
{
    [Theory]
    [EverySetup("crc32c")]
    [EverySetup("none")]
    public async Task A_file_that_is_written_into_while_it_is_sent_is_abandoned_and_said_to_have_changed(string check)
    {
        Start();
        WireClient client = await LoginAsync();
        await File.WriteAllBytesAsync(World.Path("file"), RandomNumberGenerator.GetBytes(64 << 20));
        await client.SendAsync($$"""{"cmd":"get","id":7,"path":"file","check":"{{check}}"}""");
        await UntilSomeCameAsync(client);
        Edit("file", at: 10);
        Edit("file", at: (64 << 20) - 10);

        Assert.True((await client.ReadAsync()).IsAbandoned);
        Answer why = await client.ReadAsync();
        Assert.Equal((7, WireError.Changed), (why.Id, why.Error));
        Assert.True((await client.AskAsync("""{"cmd":"ping"}""")).IsOk);
    }

    [Theory]
    [EverySetup("crc32c")]
    [EverySetup("none")]
    public async Task Whoever_puts_the_time_back_is_found_out(string check)
    {
        Start();
        WireClient client = await LoginAsync();
        await File.WriteAllBytesAsync(World.Path("file"), new byte[64 << 20]);
        await Task.Delay(50); // Another tick of the disk's clock: within one, two versions can look alike.
        DateTime time = File.GetLastWriteTimeUtc(World.Path("file"));
        await client.SendAsync($$"""{"cmd":"get","id":7,"path":"file","check":"{{check}}"}""");
        await UntilSomeCameAsync(client);
        Edit("file", at: 10);
        File.SetLastWriteTimeUtc(World.Path("file"), time);

        Assert.True((await client.ReadAsync()).IsAbandoned);
        Assert.Equal(WireError.Changed, (await client.ReadAsync()).Error);
    }

    [Theory]
    [EverySetup]
    public async Task A_file_that_is_removed_or_replaced_while_it_is_sent_comes_whole_without_a_check_too()
    {
        Start();
        WireClient client = await LoginAsync();
        byte[] content = RandomNumberGenerator.GetBytes(64 << 20);
        await File.WriteAllBytesAsync(World.Path("file"), content);
        await client.SendAsync("""{"cmd":"get","path":"file","check":"none"}""");
        await UntilSomeCameAsync(client);
        File.Delete(World.Path("file"));

        Answer answer = await client.ReadAsync();
        Assert.False(answer.IsAbandoned);
        Assert.True(content.AsSpan().SequenceEqual(answer.Body));
    }

    private static async Task UntilSomeCameAsync(WireClient client)
    {
        while (client.Socket.Available == 0)
            await Task.Delay(5);
    }

    private void Edit(string name, int at)
    {
        using FileStream file = File.OpenWrite(World.Path(name));
        file.Position = at;
        file.Write(new byte[4]);
    }
}
