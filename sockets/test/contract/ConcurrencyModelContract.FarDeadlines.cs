using System.Security.Cryptography;

namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    private const int UploadBytes = 8 * 1024 * 1024;

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task Deadlines_set_by_another_thread_during_an_upload_lose_nothing(string wire)
    {
        await using var server = Serve(wire, static async (_, connection) =>
        {
            using var end = new CancellationTokenSource();
            var beside = DisturbAsync(connection, end.Token);
            using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[256 * 1024];
            for (var left = UploadBytes; left > 0;)
            {
                try
                {
                    var count = await connection.ReadAsync(buffer);
                    Assert.NotEqual(0, count);
                    sum.AppendData(buffer, 0, count);
                    left -= count;
                }
                catch (TimeoutException)
                {
                    connection.ReadDeadline = Deadline.Never;
                }
            }

            await end.CancelAsync();
            await beside;
            connection.ReadDeadline = Deadline.Never;
            await connection.WriteAsync(sum.GetHashAndReset());
        });
        await using var client = await server.ConnectAsync();
        var content = Noise(UploadBytes);
        await client.SendAsync(content);
        Assert.Equal(SHA256.HashData(content), await client.ReceiveAsync(SHA256.HashSizeInBytes));
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_deadline_set_by_another_thread_outlives_a_wait_for_several(string wire)
    {
        await using var server = Serve(wire, static async (context, connection) =>
        {
            // Whatever a wait does with deadlines of its own, the one that somebody sets meanwhile is the connection's.
            for (var i = 0; i < 200; i++)
            {
                connection.ReadDeadline = Deadline.Never;
                var beside = Task.Run(() => connection.ReadDeadline = In(0));
                await Assert.ThrowsAsync<TimeoutException>(async () => await context.WaitAnyAsync(new[] { connection }, In(i % 4 * 0.0002)));
                await beside;
                await Assert.ThrowsAsync<TimeoutException>(async () => await connection.ReadAsync(new byte[1]));
            }

            connection.ReadDeadline = Deadline.Never;
            await connection.WriteAsync("held");
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal("held", await client.ReceiveTextToEndAsync());
        Assert.Empty(server.Errors);
    }

    private static Task DisturbAsync(IConnection connection, CancellationToken end) => Task.Run(async () =>
    {
        while (!end.IsCancellationRequested)
        {
            connection.ReadDeadline = In(0);
            await Task.Delay(1, CancellationToken.None);
        }
    });
}
