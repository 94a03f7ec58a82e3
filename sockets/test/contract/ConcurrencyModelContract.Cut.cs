namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task Nothing_is_written_into_a_file_whose_sending_was_cut(string wire)
    {
        using var file = TemporaryFile([], out var path);
        RandomAccess.SetLength(file, 64 * 1024 * 1024);
        await using var server = Serve(wire, static async (_, connection, scene) =>
        {
            using var file = File.OpenHandle(scene["path"], share: FileShare.ReadWrite | FileShare.Delete);
            connection.WriteDeadline = In(0.5);
            await Assert.ThrowsAsync<TimeoutException>(async () => await connection.SendFileAsync(file, 0, 64 * 1024 * 1024));
            connection.WriteDeadline = Deadline.Never;
            foreach (var write in (Func<Task>[])[
                async () => await connection.WriteAsync("more"),
                async () => await connection.SendFileAsync(file, 0, 100)])
                scene.Report((await Assert.ThrowsAsync<ConnectionException>(write)).Error);
            connection.Abort();
        }, ("path", path));
        await using var client = await server.ConnectAsync();
        Assert.Equal("Failed", await server.Scene.NextAsync());
        Assert.Equal("Failed", await server.Scene.NextAsync());
        await server.Server.StopAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_deadline_before_the_first_byte_of_a_file_cuts_nothing(string wire)
    {
        using var file = TemporaryFile("content"u8.ToArray(), out var path);
        await using var server = Serve(wire, static async (_, connection, scene) =>
        {
            using var file = File.OpenHandle(scene["path"], share: FileShare.ReadWrite | FileShare.Delete);
            connection.WriteDeadline = In(0);
            await Assert.ThrowsAsync<TimeoutException>(async () => await connection.SendFileAsync(file, 0, 7));
            await Assert.ThrowsAsync<TimeoutException>(async () => await connection.WriteAsync("lost"));
            connection.WriteDeadline = Deadline.Never;
            Assert.Equal(7, await connection.SendFileAsync(file, 0, 7));
        }, ("path", path));
        await using var client = await server.ConnectAsync();
        Assert.Equal("content", await client.ReceiveTextToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_file_that_cannot_be_read_is_no_fault_of_the_connection(string wire)
    {
        using var file = TemporaryFile("content"u8.ToArray(), out var path);
        await using var server = Serve(wire, static async (_, connection, scene) =>
        {
            using var file = OpenToWrite(scene);
            scene.Report((await Assert.ThrowsAnyAsync<Exception>(async () => await connection.SendFileAsync(file, 0, 7))).GetType().Name);
            await connection.WriteAsync("still here");
        }, ("path", path));
        await using var client = await server.ConnectAsync();
        Assert.Equal("IOException", await server.Scene.NextAsync());
        Assert.Equal("still here", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task Two_reads_at_once_are_one_too_many_and_the_first_goes_on(string wire)
    {
        await using var server = Serve(wire, static async (_, connection, scene) =>
        {
            var reads = Enumerable.Range(0, 2).Select(_ => Task.Run(async () => await connection.ReadAsync(new byte[2]))).ToList();
            var refused = await Task.WhenAny(reads);
            Assert.Contains("at a time", (await Assert.ThrowsAsync<InvalidOperationException>(() => refused)).Message);
            scene.Report("refused");
            Assert.Equal(2, await reads.Single(read => read != refused));
            await connection.WriteAsync("read");
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal("refused", await server.Scene.NextAsync());
        await client.SendAsync("ok");
        Assert.Equal("read", await client.ReceiveTextToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_connection_that_always_has_something_starves_no_other(string wire)
    {
        await using var server = Serve(wire, static async (context, connection, scene) =>
        {
            await using var listener = context.Listen(Wire.NewAddress("tcp4"));
            await using var near = await context.ConnectAsync(listener.LocalEndPoint, In(20));
            await using var far = await context.AcceptAsync(listener, In(20));
            await far.WriteAsync("never read");
            IConnection[] both = [connection, near];
            foreach (var one in both) await one.ReadAsync(Memory<byte>.Empty);
            var found = new int[2];
            for (var i = 0; i < 10; i++) found[await context.WaitAnyAsync(both, In(20))]++;
            await connection.WriteAsync($"{found[0]}+{found[1]}");
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync("never read either");
        Assert.Equal("5+5", await client.ReceiveTextAsync(3));
    }
}
