using System.Security.Cryptography;

namespace Argosy.Sockets.Tests;

/// <summary>Calls from other threads, which make a connection's loop look up from its read.</summary>
public sealed class TransportWakeTests
{
    private const int Limit = 30_000;

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.AllOverEveryWire), MemberType = typeof(Models))]
    public async Task Calls_from_another_thread_during_an_upload_hold_nothing_up(string model, string wire)
    {
        const int total = 8 * 1024 * 1024;
        var (received, calls) = (0, 0);
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var made = new TaskCompletionSource<ScriptedProtocol>();
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = made.SetResult,
            OnData = (protocol, data) =>
            {
                sum.AppendData(data);
                if ((received += data.Length) == total) protocol.Transport.Write(sum.GetHashAndReset());
            },
        }, wire);
        await using var client = await server.ConnectAsync();
        var protocol = await made.Task;
        var content = new byte[total];
        new Random(3).NextBytes(content);
        var (sending, receiving) = (client.SendAsync(content), client.ReceiveAsync(SHA256.HashSizeInBytes));
        do
        {
            protocol.Transport.Post(() => calls++);
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
        while (!receiving.IsCompleted);

        Assert.Equal(SHA256.HashData(content), await receiving);
        await sending;
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        protocol.Transport.Post(called.SetResult); // behind all others
        await called.Task;
        Assert.NotEqual(0, calls);
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.AllOverEveryWire), MemberType = typeof(Models))]
    public async Task A_call_from_another_thread_throws_no_exception(string model, string wire)
    {
        const int calls = 200;
        var made = new TaskCompletionSource<ScriptedProtocol>();
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol { OnMade = made.SetResult }, wire);
        await using var client = await server.ConnectAsync();
        var protocol = await made.Task;
        var thrown = 0;
        void Count(object? sender, System.Runtime.ExceptionServices.FirstChanceExceptionEventArgs e) => Interlocked.Increment(ref thrown);
        AppDomain.CurrentDomain.FirstChanceException += Count;
        try
        {
            for (var i = 0; i < calls; i++)
            {
                var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                protocol.Transport.Post(called.SetResult);
                await called.Task;
            }
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Count;
        }

        Assert.InRange(Volatile.Read(ref thrown), 0, calls / 10); // what else goes on in this process may throw
    }
}
