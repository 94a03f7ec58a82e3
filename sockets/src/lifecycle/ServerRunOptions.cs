using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>How a program runs its servers: see <see cref="ServerRun"/>.</summary>
public sealed record ServerRunOptions
{
    /// <summary>How long what is under way may go on after the signal to stop, and after a hand-over.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What SIGHUP does; see <see cref="ServerSignals"/>. Null: SIGHUP ends the process, as usual.</summary>
    public Action? Reload { get; init; }

    /// <summary>Where the listening sockets are offered to a successor; see <see cref="ListenerOffer"/>. Null: nowhere.</summary>
    public string? OfferAt { get; init; }

    /// <summary>The process before this one, which is told as soon as the servers have started. Null: there was none.</summary>
    public ListenerHandOver? Predecessor { get; init; }

    /// <summary>Called once the servers have started, before anything is waited for.</summary>
    public Action? Started { get; init; }

    /// <summary>Told of signals, reloads and successors.</summary>
    public ILogger? Logger { get; init; }
}
