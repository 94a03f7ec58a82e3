using System.Runtime.CompilerServices;

namespace Argosy.Sockets.Tests;

public sealed class BlockingModelsTests
{
    public static TheoryData<string, string> Matrix => new MatrixTheoryData<string, string>(
        ConcurrencyModels.All.Where(model => model is { HandlersMayBlock: true, RunsInWorkers: false }).Select(model => model.Name), ["tcp4", "tcp4+tls"]);

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Matrix))]
    public async Task Every_operation_has_completed_when_its_call_returns(string model, string wire)
    {
        await using var upstream = TestServer.Start(model, wire, Handlers.EchoAsync);
        await using var server = TestServer.Start(model, wire, async (context, connection) =>
        {
            var thread = Environment.CurrentManagedThreadId;
            IConnection other = await Completed(context.ConnectAsync(upstream.Address, Deadline.Never));
            if (Wire.IsTls(wire)) other = await Completed(other.AuthenticateAsClientAsync(Wire.ClientTls, Deadline.Never));
            var buffer = new byte[200_000];
            await Completed(connection.ReadAsync(buffer));
            await Completed(other.WriteAsync(buffer.AsMemory(0, 10)));
            await Completed(context.WaitAnyAsync(new[] { connection, other }, Deadline.Never));
            await Completed(other.ReadAsync(buffer));
            await Completed(connection.WriteAsync(buffer));
            await Completed(context.OffloadAsync(static state => state, 0));
            await Completed(other.ShutdownWriteAsync());
            await Completed(other.DisposeAsync());
            await Completed(connection.LingerAsync(TimeSpan.FromSeconds(10)));
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync("x");
        Assert.Equal(200_000, (await client.ReceiveToEndAsync()).Length);
        await client.DisposeAsync();
        await server.Server.StopAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(server.Errors);
    }

    private static ValueTask<T> Completed<T>(ValueTask<T> task, [CallerArgumentExpression(nameof(task))] string operation = "")
    {
        Assert.True(task.IsCompleted, operation);
        return task;
    }

    private static ValueTask Completed(ValueTask task, [CallerArgumentExpression(nameof(task))] string operation = "")
    {
        Assert.True(task.IsCompleted, operation);
        return task;
    }
}
