namespace Argosy.Sockets;

/// <summary>One way to run handlers. Choose one by name from <see cref="ConcurrencyModels"/>.</summary>
public sealed record ConcurrencyModel
{
    internal ConcurrencyModel(string name, Func<ConnectionDispatcher, IReadOnlyList<SocketListener>, IAcceptor> start) =>
        (Name, Start) = (name, start);

    /// <summary>What <c>--model</c> calls it.</summary>
    public string Name { get; internal init; }

    /// <summary>Where the handler runs and how many connections it serves at once, in one line.</summary>
    public required string Capacity { get; init; }

    /// <summary>When to choose it, in one line.</summary>
    public required string ChooseWhen { get; init; }

    /// <summary>The cap on connections where the operator sets none.</summary>
    public required int DefaultMaxConnections { get; init; }

    /// <summary>How many connections are served at once, while others wait to be accepted; null where only the cap limits them.</summary>
    public int? ServesAtOnce { get; init; }

    /// <summary>True when a handler may block its thread and harm nobody else.</summary>
    public required bool HandlersMayBlock { get; init; }

    /// <summary>False where the model needs calls that this operating system lacks.</summary>
    public bool IsSupported { get; init; } = true;

    /// <summary>
    /// True where handlers run in worker processes: they share nothing with the program that starts the server, and
    /// <see cref="StreamServerOptions.Worker"/> says how a worker is started.
    /// </summary>
    public bool RunsInWorkers { get; init; }

    /// <summary>The model that each worker of <c>prefork</c> runs; null for all other models.</summary>
    public ConcurrencyModel? Inner { get; init; }

    /// <summary>True where a <see cref="DatagramServer"/> can use the model.</summary>
    public bool ServesDatagrams => Datagrams is not null;

    /// <summary>How the model serves datagrams; null where it does not.</summary>
    internal DatagramModel? Datagrams { get; init; }

    /// <summary>
    /// The seam: begin to accept on bound listeners, have the dispatcher admit each connection, and serve the admitted ones where
    /// this model runs handlers.
    /// </summary>
    internal Func<ConnectionDispatcher, IReadOnlyList<SocketListener>, IAcceptor> Start { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
