namespace Argosy.Examples;

/// <summary>One example.</summary>
/// <param name="Group">The chapter it belongs to.</param>
/// <param name="Name">What it is started by.</param>
/// <param name="Arguments">What may follow.</param>
/// <param name="Teaches">The lesson, in one line.</param>
/// <param name="Main">Its program.</param>
internal sealed record Example(string Group, string Name, string Arguments, string Teaches, Func<string[], Task> Main);

/// <summary>The table of all examples, in the order of the README.</summary>
internal static class Catalog
{
    private const string Models = "Models";
    private const string Loops = "Loops of your own";
    private const string Messages = "Messages";
    private const string Services = "Services";
    private const string Processes = "Processes";
    private const string Primitives = "Concurrency primitives";
    private const string OneModel = "[--model MODEL]";

    public static IReadOnlyList<Example> All { get; } =
    [
        new(Models, "iterative", "", "one client at a time; the others wait", IterativeEcho.Main),
        new(Models, "echo", OneModel, "one handler under every model, by one switch", Echo.Main),
        new(Models, "upper", OneModel, "one function behind a stream and behind datagrams", UpperCase.Main),
        new(Models, "telephone", OneModel, "a dialogue with state in local variables, under threads and processes", Telephone.Main),
        new(Models, "protocol", OneModel, "callbacks instead of a handler: protocol, and factory for what they share", ProtocolEcho.Main),
        new(Models, "hosted", "[--Echo:Model=MODEL]", "a server in the Generic Host, handlers with dependency injection", HostedEcho.Main),
        new(Models, "fan-out", "[BACKEND BACKEND BACKEND]", "three fetches at once from one loop thread, answered as each arrives", FanOut.Main),
        new(Models, "fan-out-blocking", "[BACKEND BACKEND BACKEND]", "the same, blocking the loop: everybody waits", FanOutBlocking.Main),
        new(Models, "fan-out-latency", "", "measures what a ping waits beside either of the two", FanOutLatency.Main),

        new(Loops, "select", "", "select(2): a queue for each client, write interest only while it holds something", SelectServer.Main),
        new(Loops, "poll", "", "poll(2): read, then write, never both: a client that does not read is not read from", PollServer.Main),
        new(Loops, "epoll-et", "", "edge-triggered epoll(7): go on until the system says 'not now'", EpollEdgeServer.Main),
        new(Loops, "callbacks", "", "a selector whose registrations carry what to call", SelectorCallbacks.Main),
        new(Loops, "polling", "[--idle SECONDS]", "non-blocking sockets polled between other work; silence has a limit", PollingTimeouts.Main),
        new(Loops, "triggers", "", "level against edge: the same unread byte is reported again, or once", Triggers.Main),
        new(Loops, "console", "", "standard input in the selector: an operator answers clients by number", OperatorConsole.Main),

        new(Messages, "sticky", "", "packets that stick together, by both causes", StickyPackets.Main),
        new(Messages, "sticky-cures", "", "three cures: ready handshake, length prefix, JSON header", StickyCures.Main),
        new(Messages, "events", "", "event registration and dispatch in thirty lines", EventDispatch.Main),

        new(Services, "commands", OneModel, "remote commands; output of any length in frames", RemoteCommands.Main),
        new(Services, "hmac", "--key FILE", "only who knows the key is served; nothing secret travels", HmacServer.Main),
        new(Services, "hmac-client", "ADDRESS --key FILE TEXT", "the client of it, which also checks the server", HmacClient.Main),
        new(Services, "chat", "[--socket PATH]", "many to many over a Unix socket; the kernel says who is who", UnixChat.Main),
        new(Services, "file-drop", "[--folder FOLDER]", "uploads in fifty lines, whole or not at all", FileDrop.Main),

        new(Processes, "fork", "", "a process for each client; a crash ends one, and no zombie stays", ForkServer.Main),
        new(Processes, "process-pool", "", "processes that compute, and results that call back", ProcessPool.Main),
        new(Processes, "processes", "[--no-lock]", "workers share a queue, a dictionary and a lock, and talk by duplex pipes", SharedProcesses.Main),

        new(Primitives, "semaphore", "", "a bounded semaphore: three in the room, the others wait at the door", SemaphoreServer.Main),
        new(Primitives, "producer-consumer", "", "handlers produce, a pool of workers consumes, a bounded queue between them", ProducerConsumer.Main),
        new(Primitives, "coroutines", "", "a producer and two consumers as async iterators; nobody runs ahead", Coroutines.Main),
        new(Primitives, "boss", "", "workers wait on an event until the boss sets it", BossAndWorkers.Main),
        new(Primitives, "locks", "", "the race a lock prevents, the deadlock a re-entrant lock prevents", Locks.Main),
        new(Primitives, "queues", "[--capacity N]", "FIFO, LIFO and priority, bounded: full refuses, empty waits", Queues.Main),
    ];

    /// <summary>The example of that name, or null.</summary>
    public static Example? Find(string name) => All.FirstOrDefault(example => example.Name == name);
}
