using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// Each handler produces jobs, three worker threads consume them. The queue between them is bounded: when it is full, producers wait, so they
/// stop reading, and in the end the clients have to wait. An unbounded queue would grow until the memory is gone.
/// </summary>
internal static class ProducerConsumer
{
    private const int Workers = 3;
    private static readonly BlockingCollection<Job> Queue = new(boundedCapacity: 8);

    private sealed record Job(byte[] Text, TaskCompletionSource<string> Result);

    public static async Task Main(string[] args)
    {
        var workers = Enumerable.Range(1, Workers).Select(number => new Thread(() => Work(number))).ToList();
        workers.ForEach(worker => worker.Start());
        var options = new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = ConcurrencyModels.Find("threads")! };
        await using (var server = new StreamServer(options, ProduceAsync)) await server.ServeAsync();
        Queue.CompleteAdding(); // each worker finishes what is queued and leaves
        workers.ForEach(worker => worker.Join());
    }

    private static async ValueTask ProduceAsync(HandlerContext context)
    {
        using var client = new FramedConnection(context.Connection, new LineFraming(1024));
        while (await client.ReadAsync() is { } line)
        {
            var job = new Job(line.ToArray(), new(TaskCreationOptions.RunContinuationsAsynchronously));
            Queue.Add(job, context.Stopping);
            await client.WriteAsync(Encoding.UTF8.GetBytes(await job.Result.Task));
        }
    }

    private static void Work(int number)
    {
        foreach (var job in Queue.GetConsumingEnumerable())
        {
            var digest = job.Text;
            for (var round = 0; round < 20_000; round++) digest = SHA256.HashData(digest); // work that takes its time
            job.Result.SetResult($"worker {number}: {Encoding.UTF8.GetString(job.Text)} is {Convert.ToHexStringLower(digest)[..8]}");
        }
    }
}
