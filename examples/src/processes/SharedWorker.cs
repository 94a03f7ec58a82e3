using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>The worker of SharedProcesses.cs: a process of its own that reaches the shared queue, dictionary and lock by asking for them.</summary>
internal static class SharedWorker
{
    private static readonly TimeSpan Thinking = TimeSpan.FromMilliseconds(5); // between reading the total and writing it: room for a race

    public static async Task RunAsync(string socket, bool useLock)
    {
        var limit = Deadline.After(TimeSpan.FromSeconds(10));
        var key = Convert.FromHexString(Console.ReadLine() ?? throw new EndOfStreamException("The parent has gone."));
        await using var connection = await StreamClient.ConnectAsync(new UnixDomainSocketEndPoint(socket), limit);
        await connection.ChallengeAsClientAsync(key, limit);
        using var parent = new FramedConnection(connection, new LineFraming(1024));

        Console.WriteLine($"process {Environment.ProcessId} is ready");
        if (Console.ReadLine() is null) return;
        var taken = 0;
        for (; await AskAsync(parent, "take") is var item && item != "empty"; taken++)
        {
            if (useLock) await AskAsync(parent, "lock");
            var total = Number(await AskAsync(parent, "get total"));
            await Task.Delay(Thinking);
            await AskAsync(parent, $"put total {total + Number(item)}");
            if (useLock) await AskAsync(parent, "unlock");
        }

        Console.WriteLine($"process {Environment.ProcessId} took {taken}");
    }

    private static async Task<string> AskAsync(FramedConnection parent, string question)
    {
        await parent.WriteAsync(Encoding.UTF8.GetBytes(question));
        return await parent.ReadAsync() is { } answer ? Encoding.UTF8.GetString(answer.Span) : throw new EndOfStreamException("The parent has gone.");
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
