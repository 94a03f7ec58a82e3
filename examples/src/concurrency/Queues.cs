using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// Three bounded queues for all clients: "put fifo TEXT", "put lifo TEXT", "put priority NUMBER TEXT" (the lowest number comes first), "get NAME". A full
/// queue refuses, an empty one lets the caller wait until somebody puts.
/// </summary>
internal static class Queues
{
    public static async Task Main(string[] args)
    {
        var capacity = int.Parse(args.Option("--capacity") ?? "3", CultureInfo.InvariantCulture);
        var queues = new Dictionary<string, BlockingCollection<Item>>
        {
            ["fifo"] = new(new ConcurrentQueue<Item>(), capacity),
            ["lifo"] = new(new ConcurrentStack<Item>(), capacity),
            ["priority"] = new(new PriorityItems(), capacity),
        };
        var options = new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = ConcurrencyModels.Find("threads")! };
        await using var server = new StreamServer(options, context => ServeAsync(context, queues));
        await server.ServeAsync();
    }

    private static async ValueTask ServeAsync(HandlerContext context, Dictionary<string, BlockingCollection<Item>> queues)
    {
        using var client = new FramedConnection(context.Connection, new LineFraming(1024));
        while (await client.ReadAsync() is { } line)
        {
            var answer = Encoding.UTF8.GetString(line.Span).Split(' ', 4) switch
            {
                ["get", var name] when queues.TryGetValue(name, out var queue) => queue.Take(context.Stopping).Text,
                ["put", "priority", var number, var text] when int.TryParse(number, out var rank) => Put(queues["priority"], new Item(rank, text)),
                ["put", "fifo" or "lifo", ..] and [_, var name, .. var words] => Put(queues[name], new Item(0, string.Join(' ', words))),
                _ => "say: put fifo TEXT, put lifo TEXT, put priority NUMBER TEXT, get NAME",
            };
            await client.WriteAsync(Encoding.UTF8.GetBytes(answer));
        }
    }

    private static string Put(BlockingCollection<Item> queue, Item item) => queue.TryAdd(item) ? "ok" : "full";
}

internal sealed record Item(int Rank, string Text);

/// <summary>What makes a priority queue a <see cref="BlockingCollection{T}"/>: adding and taking, under a lock. Equal ranks keep their order.</summary>
internal sealed class PriorityItems : IProducerConsumerCollection<Item>
{
    private readonly PriorityQueue<Item, (int Rank, long Arrival)> _items = new();
    private long _arrivals;

    public object SyncRoot { get; } = new();

    public bool IsSynchronized => true;

    public int Count
    {
        get
        {
            lock (SyncRoot) return _items.Count;
        }
    }

    public bool TryAdd(Item item)
    {
        lock (SyncRoot) _items.Enqueue(item, (item.Rank, _arrivals++));
        return true;
    }

    public bool TryTake(out Item item)
    {
        lock (SyncRoot) return _items.TryDequeue(out item!, out _);
    }

    public Item[] ToArray()
    {
        lock (SyncRoot) return [.. _items.UnorderedItems.OrderBy(entry => entry.Priority).Select(entry => entry.Element)];
    }

    public void CopyTo(Item[] array, int index) => ToArray().CopyTo(array, index);

    public void CopyTo(Array array, int index) => ToArray().CopyTo(array, index);

    public IEnumerator<Item> GetEnumerator() => ((IEnumerable<Item>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
