using Argosy.Sockets;

namespace Argosy.Bench;

/// <summary>A server that is measured: a model of ours, or a peer.</summary>
public sealed record Subject
{
    /// <summary>Its name in the report.</summary>
    public required string Name { get; init; }

    /// <summary>True for a model of ours.</summary>
    public required bool IsModel { get; init; }

    /// <summary>What it says about its capacity; null for a peer.</summary>
    public string? Capacity { get; init; }

    /// <summary>How many connections it serves at once; null where nothing is known.</summary>
    public int? ServesAtOnce { get; init; }

    /// <summary>The program and arguments that start it. It speaks as <c>argosy bench serve</c> does.</summary>
    internal IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Every model that this system supports, served by this very program.</summary>
    /// <param name="program">The program and the arguments that precede a model's name.</param>
    public static IReadOnlyList<Subject> Models(IReadOnlyList<string> program) =>
        [.. ConcurrencyModels.All.Where(model => model.IsSupported).Select(model => Of(model, program))];

    /// <summary>A model by its name, also one that only a longer name tells, such as <c>prefork:threads</c>; null where there is none.</summary>
    public static Subject? Model(string name, IReadOnlyList<string> program) =>
        ConcurrencyModels.Find(name) is { IsSupported: true } model ? Of(model, program) : null;

    /// <summary>A peer.</summary>
    /// <param name="name">Its name in the report.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="servesAtOnce">How many connections it serves at once, where that is known.</param>
    public static Subject Peer(string name, IReadOnlyList<string> command, int? servesAtOnce = null) =>
        new() { Name = name, IsModel = false, Command = command, ServesAtOnce = servesAtOnce };

    private static Subject Of(ConcurrencyModel model, IReadOnlyList<string> program) => new()
    {
        Name = model.Name,
        IsModel = true,
        Capacity = model.Capacity,
        ServesAtOnce = Math.Min(model.ServesAtOnce ?? int.MaxValue, model.DefaultMaxConnections),
        Command = [.. program, model.Name],
    };

    /// <summary>Why it does not take part in a point; null where it does.</summary>
    internal string? WhyNot(Point point) =>
        ServesAtOnce is { } limit && point.NeedsAtOnce > limit ? $"serves {limit:N0} at once" : null;
}
