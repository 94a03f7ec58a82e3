using System.Diagnostics;

namespace Argosy.Client.Tests.Transfers;

/// <summary>Pipes, devices and open files as sources and targets: never waited for without end, never replaced.</summary>
public sealed class SpecialFileTests
{
    private const int Timeout = 60_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Timeout = Timeout)]
    [InlineData("nobody writes", true)]
    [InlineData("nobody reads", false)]
    [InlineData("stands still", true)]
    [InlineData("stands still", false)]
    public async Task A_pipe_that_nobody_serves_can_be_given_up(string other, bool up)
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        await client.PutAsync(RoundTripTests.Content(1 << 20), "/f", cancellationToken: Stop);
        var pipe = await MakePipeAsync(server);
        await using var end = other == "stands still" ? new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite) : null;
        if (end is not null && up)
        {
            await end.WriteAsync(new byte[10], Stop);
            await end.FlushAsync(Stop);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var moving = up ? (Task)client.PutAsync(pipe, "/g", cancellationToken: stop.Token) : client.GetAsync("/f", pipe, cancellationToken: stop.Token);
        Assert.NotSame(moving, await Task.WhenAny(moving, Task.Delay(100, Stop)));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => moving.WaitAsync(TimeSpan.FromSeconds(30), Stop));
        await client.PingAsync(Stop);
        Assert.Null(await client.StatAsync("/g", cancellationToken: Stop));
    }

    [Theory(Timeout = Timeout)]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(3_000_000)]
    public async Task A_pipe_carries_a_file_whoever_opens_it_first(int size)
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        var content = RoundTripTests.Content(size);
        var pipe = await MakePipeAsync(server);
        foreach (var isFirst in (bool[])[true, false])
        {
            var up = client.PutAsync(pipe, "/f", cancellationToken: Stop);
            if (isFirst)
                await Task.WhenAny(up, Task.Delay(50, Stop));
            await Task.Run(() => File.WriteAllBytes(pipe, content), Stop);
            Assert.Equal(size, (await up).Size);
            var down = client.GetAsync("/f", pipe, cancellationToken: Stop);
            if (isFirst)
                await Task.WhenAny(down, Task.Delay(50, Stop));
            Assert.Equal(content, await Task.Run(() => File.ReadAllBytes(pipe), Stop));
            await down;
        }

        Assert.True(LocalPath.Find(pipe) is { IsPipe: true });
    }

    [Fact(Timeout = Timeout)]
    public async Task A_reader_that_leaves_is_said()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        await client.PutAsync(new byte[3_000_000], "/f", cancellationToken: Stop);
        var pipe = await MakePipeAsync(server);
        var down = client.GetAsync("/f", pipe, cancellationToken: Stop);
        await Task.Run(() =>
        {
            using var reader = new FileStream(pipe, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            Assert.InRange(reader.Read(new byte[1000]), 1, 1000);
        }, Stop);
        Assert.EndsWith("whoever was reading has gone", (await Assert.ThrowsAsync<LocalFileException>(() => down)).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_device_stays_what_it_is_behind_links_too()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        await client.PutAsync(new byte[300_000], "/f", cancellationToken: Stop);
        File.CreateSymbolicLink(server.Local["one"], "two");
        File.CreateSymbolicLink(server.Local["two"], "/dev/null");
        await client.GetAsync("/f", server.Local["one"], cancellationToken: Stop);
        Assert.Equal(("two", "/dev/null"), (new FileInfo(server.Local["one"]).LinkTarget, new FileInfo(server.Local["two"]).LinkTarget));
        // A descriptor that this process opened for itself is nobody's target.
        using var own = File.OpenHandle(server.Local["own"], FileMode.Create, FileAccess.Write);
        var path = $"/dev/fd/{own.DangerousGetHandle()}";
        await Assert.ThrowsAsync<LocalFileException>(() => client.GetAsync("/f", path, cancellationToken: Stop));
        Assert.Equal(0, new FileInfo(server.Local["own"]).Length);
    }

    private static async Task<string> MakePipeAsync(RealServer server)
    {
        using var make = Process.Start("mkfifo", [server.Local["pipe"]]);
        await make.WaitForExitAsync(Stop);
        return server.Local["pipe"];
    }
}
