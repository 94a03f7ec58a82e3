using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    [Theory(Timeout = Limit)]
    [EveryWire]
    public async Task Ranges_of_a_file_are_sent(string wire)
    {
        var content = Noise(5_000_000);
        using var file = TemporaryFile(content, out var path);
        await using var server = Serve(wire, static async (_, connection, scene) =>
        {
            using var file = File.OpenHandle(scene["path"], share: FileShare.ReadWrite | FileShare.Delete);
            await connection.WriteAsync(">");
            foreach (var (offset, count) in Ranges)
            {
                var expected = Math.Min(count, 5_000_000 - offset);
                Assert.Equal(expected, await connection.SendFileAsync(file, offset, count));
            }
        }, ("path", path));
        await using var client = await server.ConnectAsync();
        Assert.Equal(">", await client.ReceiveTextAsync(1));
        foreach (var (offset, count) in Ranges)
        {
            var expected = content.AsMemory((int)offset, (int)Math.Min(count, content.Length - offset));
            var received = await client.ReceiveAsync(expected.Length);
            Assert.True(expected.Span.SequenceEqual(received), $"{offset}+{count}");
        }

        Assert.Empty(await client.ReceiveToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [EveryWire]
    public async Task A_range_of_a_file_is_received_and_what_follows_is_left(string wire)
    {
        var content = Noise(5_000_000);
        using var file = TemporaryFile([], out var path);
        await using var server = Serve(wire, static async (_, connection, scene) =>
        {
            using var file = OpenToWrite(scene);
            var head = new byte[10];
            await connection.ReadExactlyAsync(head);
            connection.Unread(head.AsSpan(4));
            var first = await connection.ReceiveToFileAsync(file, 0, 1000);
            var rest = await connection.ReceiveToFileAsync(file, first, 5_000_000 - first);
            var tail = new byte[4];
            await connection.ReadExactlyAsync(tail);
            await connection.WriteAsync($"{first}+{rest}");
            await connection.WriteAsync(tail);
        }, ("path", path));
        await using var client = await server.ConnectAsync();
        await client.SendAsync("head");
        await client.SendAsync(content);
        await client.SendAsync("tail");
        Assert.Equal($"1000+{content.Length - 1000}tail", await client.ReceiveTextToEndAsync());
        Assert.True(content.AsSpan().SequenceEqual(Content(file)));
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [EveryWire]
    public async Task A_transfer_that_the_peer_cuts_short_says_how_far_it_came(string wire)
    {
        var content = Noise(3_000_001);
        using var file = TemporaryFile([], out var path);
        await using var server = Serve(wire, static async (_, connection, scene) =>
        {
            using var file = OpenToWrite(scene);
            var first = await connection.ReceiveToFileAsync(file, 0, 10_000_000);
            scene.Report($"{first}+{await connection.ReceiveToFileAsync(file, 3_000_001, 10_000_000)}");
        }, ("path", path));
        await using var client = await server.ConnectAsync();
        await client.SendAsync(content);
        await client.FinishSendingAsync();
        Assert.Equal("3000001+0", await server.Scene.NextAsync());
        Assert.True(content.AsSpan().SequenceEqual(Content(file)));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_transfer_that_stops_at_a_deadline_goes_on_where_it_was(string wire)
    {
        var content = Noise(2_000_000);
        using var file = TemporaryFile([], out var path);
        await using var server = Serve(wire, static async (_, connection, scene) =>
        {
            using var file = OpenToWrite(scene);
            await connection.ReadAsync(Memory<byte>.Empty); // a deadline that passes before the first byte is another test's
            connection.ReadDeadline = In(0.5);
            var first = await connection.ReceiveToFileAsync(file, 0, 2_000_000);
            await Assert.ThrowsAsync<TimeoutException>(async () => await connection.ReceiveToFileAsync(file, first, 2_000_000 - first));
            connection.ReadDeadline = In(20);
            await connection.WriteAsync(">");
            var second = await connection.ReceiveToFileAsync(file, first, 2_000_000 - first);
            await connection.WriteAsync((first + second).ToString());
        }, ("path", path));
        await using var client = await server.ConnectAsync();
        await client.SendAsync(content.AsMemory(0, 1_000_003));
        Assert.Equal(">", await client.ReceiveTextAsync(1));
        await client.SendAsync(content.AsMemory(1_000_003));
        Assert.Equal("2000000", await client.ReceiveTextToEndAsync());
        Assert.True(content.AsSpan().SequenceEqual(Content(file)));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_file_that_cannot_be_written_loses_no_byte_of_the_stream(string wire)
    {
        var content = Noise(1_000_000);
        using var file = TemporaryFile([], out var path);
        await using var server = Serve(wire, static async (_, connection, scene) =>
        {
            using var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
            using var file = OpenToWrite(scene);
            await Assert.ThrowsAsync<IOException>(async () => await connection.ReceiveToFileAsync(full, 0, 1_000_000));
            await connection.WriteAsync((await connection.ReceiveToFileAsync(file, 0, 1_000_000)).ToString());
        }, ("path", path));
        await using var client = await server.ConnectAsync();
        await client.SendAsync(content);
        Assert.Equal("1000000", await client.ReceiveTextToEndAsync());
        Assert.True(content.AsSpan().SequenceEqual(Content(file)));
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_peer_that_is_still_sending_reads_the_last_words(string wire)
    {
        await using var server = Serve(wire, static async (_, connection) =>
        {
            await connection.ReadExactlyAsync(new byte[1000]);
            await connection.WriteAsync("over quota");
            await connection.LingerAsync(TimeSpan.FromSeconds(10));
        });
        for (var i = 0; i < (CostsAProcess ? 4 : 30); i++)
        {
            await using var client = await server.ConnectAsync();
            await client.SendAsync(Noise(1_000_000));
            await client.FinishSendingAsync();
            Assert.Equal("over quota", await client.ReceiveTextToEndAsync());
        }

        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_linger_ends_at_its_limit(string wire)
    {
        await using var server = Serve(wire, static async (_, connection, scene) =>
        {
            await connection.LingerAsync(TimeSpan.FromSeconds(0.2));
            scene.Report("ended");
        });
        await using var client = await server.ConnectAsync();
        await server.Scene.NextAsync();
        await server.Server.StopAsync(TimeSpan.FromSeconds(5));
        Assert.Empty(server.Errors);
    }

    private static readonly (long Offset, long Count)[] Ranges =
        [(0, 0), (0, 1), (4_999_999, 1), (4095, 4098), (1, 4_999_998), (4_999_990, 100), (0, 5_000_000)];

    private static SafeFileHandle OpenToWrite(Scene scene) => File.OpenHandle(scene["path"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

    private static SafeFileHandle TemporaryFile(byte[] content, out string path)
    {
        path = Path.Combine(Path.GetTempPath(), $"argosy-{Guid.NewGuid():N}");
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.DeleteOnClose);
        RandomAccess.Write(file, content, 0);
        return file;
    }

    private static byte[] Content(SafeFileHandle file)
    {
        var content = new byte[RandomAccess.GetLength(file)];
        RandomAccess.Read(file, content, 0);
        return content;
    }
}
