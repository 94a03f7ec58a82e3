namespace Argosy.Sockets.Tests;

public sealed class AsyncModelTests() : ConcurrencyModelContract("async")
{
    [Fact(Timeout = Limit)]
    public async Task An_echo_allocates_next_to_nothing_per_message()
    {
        const int count = 10_000;
        await using var server = TestServer.Start("async", "tcp4", async (_, connection) =>
        {
            var buffer = new byte[64];
            while (await connection.ReadAsync(buffer) is > 0 and var read)
            {
                await connection.WriteAsync(buffer.AsMemory(0, read));
                connection.ReadDeadline = Deadline.After(TimeSpan.FromSeconds(10));
            }
        });
        using var client = Wire.NewSocket(server.Address);
        await client.ConnectAsync(server.Address, TestContext.Current.CancellationToken);
        var buffer = new byte[64];
        await EchoAsync(client, buffer, 2_000);
        var before = GC.GetTotalAllocatedBytes();
        await EchoAsync(client, buffer, count);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 20 * count); // the whole process; a state machine alone is above 100
    }

    private static async Task EchoAsync(System.Net.Sockets.Socket client, byte[] buffer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await client.SendAsync(buffer, TestContext.Current.CancellationToken);
            for (var got = 0; got < buffer.Length;) got += await client.ReceiveAsync(buffer.AsMemory(got), TestContext.Current.CancellationToken);
        }
    }
}
