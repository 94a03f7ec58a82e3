using System.Collections.Concurrent;

namespace Argosy.Sockets;

/// <summary>The list of all concurrency models. docs/models.md has them measured side by side, and says where each wins and breaks down.</summary>
public static class ConcurrencyModels
{
    private static readonly int Cores = Environment.ProcessorCount;
    private static readonly int PoolWorkers = 4 * Cores;
    private static readonly int DatagramProcesses = Math.Max(2, Cores);
    private const int DatagramsInHand = 64; // each waits for something; what computes or blocks gains nothing from more
    private const string PreforkOf = "prefork:";

    private static readonly ConcurrentDictionary<string, ConcurrencyModel> Variants = new();

    /// <summary>The models whose handlers run in this process.</summary>
    private static IReadOnlyList<ConcurrencyModel> Inline { get; } =
    [
        new("iterative", static (dispatcher, listeners) => PoolAcceptor.Start(dispatcher, listeners, workers: 1))
        {
            Capacity = "one connection at a time, on the thread that accepts; the others wait in the backlog",
            ChooseWhen = "short tasks, one client at a time",
            DefaultMaxConnections = 1,
            ServesAtOnce = 1,
            HandlersMayBlock = true,
            Datagrams = new(BlockingDatagramReceiver.StartFixed)
            {
                Capacity = "one datagram at a time, on a thread beside the one that receives; more wait in the queue",
                DefaultWorkers = 1,
                MaxWorkers = 1,
            },
            IsSupported = OperatingSystem.IsLinux(),
        },
        new("threads", ThreadsAcceptor.Start)
        {
            Capacity = "a thread per connection, capped (1,000 unless told otherwise); about 30 KB and two descriptors each",
            ChooseWhen = "tens to hundreds of clients; handlers that block or compute",
            DefaultMaxConnections = 1_000,
            HandlersMayBlock = true,
            Datagrams = new(BlockingDatagramReceiver.StartGrowing)
            {
                Capacity = "a thread per datagram in hand, capped (256 unless told otherwise), started when needed and kept; one more receives",
                DefaultWorkers = 256,
            },
            IsSupported = OperatingSystem.IsLinux(),
        },
        new("pool", static (dispatcher, listeners) => PoolAcceptor.Start(dispatcher, listeners, PoolWorkers))
        {
            Capacity = $"{PoolWorkers} worker threads, four per core; each serves one connection to its end, more wait in the backlog",
            ChooseWhen = "bursts of short connections, bounded memory",
            DefaultMaxConnections = PoolWorkers,
            ServesAtOnce = PoolWorkers,
            HandlersMayBlock = true,
            Datagrams = new(BlockingDatagramReceiver.StartFixed)
            {
                Capacity = $"{PoolWorkers} worker threads, four per core, unless told otherwise; one more receives",
                DefaultWorkers = PoolWorkers,
            },
            IsSupported = OperatingSystem.IsLinux(),
        },
        Reactor("select", loops: 1, static () => new SelectDemultiplexer()) with
        {
            Capacity = "one loop thread; only descriptors below 1,024, the process's files included",
            ChooseWhen = "to learn and to compare",
            DefaultMaxConnections = 900,
        },
        Reactor("poll", loops: 1, static () => new PollDemultiplexer()) with
        {
            Capacity = "one loop thread; each wait costs in proportion to all connections, capped (5,000 unless told otherwise)",
            ChooseWhen = "to learn, to compare, and where there is no epoll",
            DefaultMaxConnections = 5_000,
        },
        Reactor("epoll", Cores, static () => new EpollDemultiplexer(edgeTriggered: false)) with
        {
            Capacity = "a loop thread per core, level-triggered; tens of thousands of connections, capped (20,000 unless told otherwise)",
            ChooseWhen = "many connections, quiet or busy; handlers that never block and compute little",
        },
        Reactor("epoll-et", Cores, static () => new EpollDemultiplexer(edgeTriggered: true)) with
        {
            Capacity = "a loop thread per core, edge-triggered; tens of thousands of connections, capped (20,000 unless told otherwise)",
            ChooseWhen = "as epoll, with fewer changes of what is waited for where reads and writes alternate with waits",
        },
        new("async", AsyncAcceptor.Start)
        {
            Capacity = "handlers on the thread pool; tens of thousands of connections, capped (20,000 unless told otherwise)",
            ChooseWhen = "the .NET way: many connections, on every system; handlers that compute a little beside many that wait",
            DefaultMaxConnections = 20_000,
            HandlersMayBlock = false,
            Datagrams = new(AsyncDatagramReceiver.Start)
            {
                Capacity = $"{DatagramsInHand} datagrams in hand on the thread pool unless told otherwise",
                DefaultWorkers = DatagramsInHand,
            },
        },
    ];

    private static IReadOnlyList<ConcurrencyModel> InWorkers { get; } =
    [
        new("process", ProcessAcceptor.Start)
        {
            Capacity = "a process per connection, capped (100 unless told otherwise); each is a whole runtime, and as many idle ones as there are cores wait",
            ChooseWhen = "isolation: a crash or a leak ends with its client",
            DefaultMaxConnections = 100,
            HandlersMayBlock = true,
            Datagrams = new(ProcessDatagramReceiver.Start)
            {
                Capacity = $"{DatagramProcesses} warm worker processes unless told otherwise, each with one datagram in hand; the parent receives",
                DefaultWorkers = DatagramProcesses,
            },
            IsSupported = OperatingSystem.IsLinux(),
            RunsInWorkers = true,
        },
        Prefork(Inline.First(model => model.Name == "epoll")) with { Name = "prefork" },
    ];

    /// <summary>Every model, in the order of the help text.</summary>
    public static IReadOnlyList<ConcurrencyModel> All { get; } = [.. Inline.Take(3), .. InWorkers, .. Inline.Skip(3)];

    /// <summary>The model used when none is named: <c>epoll</c>, which docs/models.md measures as the best for most, and <c>async</c> where a system has none.</summary>
    public static ConcurrencyModel Default { get; } = new[] { "epoll", "async" }.Select(name => Find(name)!).First(model => model.IsSupported);

    /// <summary>
    /// The model of that name, or null. Besides the names in <see cref="All"/>, <c>prefork:</c> and the name of a model whose handlers run in one
    /// process: <c>prefork:threads</c>, <c>prefork:async</c>.
    /// </summary>
    public static ConcurrencyModel? Find(string name)
    {
        if (All.FirstOrDefault(model => model.Name == name) is { } model) return model;
        if (!name.StartsWith(PreforkOf, StringComparison.Ordinal)) return null;
        return Inline.FirstOrDefault(model => model.Name == name[PreforkOf.Length..]) is { } inner
            ? Variants.GetOrAdd(name, static (_, inner) => Prefork(inner), inner)
            : null;
    }

    private static ConcurrencyModel Prefork(ConcurrencyModel inner) => new(PreforkOf + inner.Name, PreforkAcceptor.Start)
    {
        Capacity = $"a worker process per core, each running {inner.Name}, of which it is said: {inner.Capacity}",
        ChooseWhen = "isolation with throughput: a crash ends one worker's clients and another worker takes its place",
        DefaultMaxConnections = inner.DefaultMaxConnections * Cores,
        ServesAtOnce = inner.ServesAtOnce * Cores,
        HandlersMayBlock = inner.HandlersMayBlock,
        IsSupported = inner.IsSupported && OperatingSystem.IsLinux(),
        RunsInWorkers = true,
        Inner = inner,
        Datagrams = new(PreforkDatagramReceiver.Start)
        {
            Capacity = $"a worker process per core, each with a socket of its own, running {inner.Name}: {inner.DatagramCapacity}",
            DefaultWorkers = inner.Datagrams!.DefaultWorkers,
            MaxWorkers = inner.Datagrams.MaxWorkers,
        },
    };

    private static ConcurrencyModel Reactor(string name, int loops, Func<IDemultiplexer> demultiplexer) =>
        new(name, (dispatcher, listeners) => ReactorAcceptor.Start(dispatcher, listeners, name, loops, demultiplexer))
        {
            Capacity = "",
            ChooseWhen = "",
            DefaultMaxConnections = 20_000,
            HandlersMayBlock = false,
            Datagrams = new((dispatcher, sockets) => ReactorDatagramReceiver.Start(dispatcher, sockets, name, loops, demultiplexer))
            {
                Capacity = $"{DatagramsInHand} datagrams in hand unless told otherwise, {(loops == 1 ? "on the loop that receives" : "on all loops, the first of which receives")}",
                DefaultWorkers = DatagramsInHand,
            },
            IsSupported = OperatingSystem.IsLinux(),
        };
}
