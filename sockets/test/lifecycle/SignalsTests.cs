namespace Argosy.Sockets.Tests;

/// <summary>Signals to real processes.</summary>
public sealed class SignalsTests
{
    private const int Limit = 60_000;

    [Theory(Timeout = Limit)]
    [InlineData("async")]
    [InlineData("threads")]
    [InlineData("epoll")]
    public async Task A_signal_drains(string model)
    {
        await using var server = ServerProcess.Start("--model", model, "--listen", "127.0.0.1:0", "--drain", "600");
        var address = (await server.ReadyAsync())[0];
        await using var held = await Asking.HoldAsync(address, server.Id);
        if (model == "async") server.InterruptIt();
        else server.AskToStop();
        await ConcurrencyModelContract.UntilAsync(() => IsRefused(address));
        await held.SendAsync("x");
        Assert.Equal($"{server.Id}", await held.ReceiveTextToEndAsync());
        Assert.Equal("Drained", await server.LineAsync("end"));
        Assert.Equal(0, await server.ExitCodeAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task A_second_signal_aborts()
    {
        await using var server = ServerProcess.Start("--listen", "127.0.0.1:0", "--drain", "600");
        var address = (await server.ReadyAsync())[0];
        await using var held = await Asking.HoldAsync(address, server.Id);
        server.AskToStop();
        await ConcurrencyModelContract.UntilAsync(() => IsRefused(address));
        server.InterruptIt();
        Assert.True(await held.IsCutAsync());
        Assert.Equal("Aborted", await server.LineAsync("end"));
    }

    [Fact(Timeout = Limit)]
    public async Task A_hang_up_reloads_and_cuts_nobody()
    {
        await using var server = ServerProcess.Start("--listen", "127.0.0.1:0");
        var address = (await server.ReadyAsync())[0];
        await using var held = await Asking.HoldAsync(address, server.Id);
        for (var i = 1; i <= 3; i++)
        {
            server.AskToReload();
            Assert.Equal("", await server.LineAsync("reloaded"));
            Assert.Equal($"{i}", await Asking.AskAsync(address, "r"));
        }

        await held.SendAsync("x");
        Assert.Equal($"{server.Id}", await held.ReceiveTextToEndAsync());
    }

    private static bool IsRefused(System.Net.EndPoint address)
    {
        using var socket = Wire.NewSocket(address);
        try
        {
            socket.Connect(address);
            return false;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return true;
        }
    }
}
