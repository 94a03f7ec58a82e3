using Argosy.Native;
using Argosy.Sockets;

namespace Argosy.Server;

/// <summary>
/// What of a model's connections one address, and those that have not logged in, may have. A model that serves few has smaller shares than were asked
/// for: half of all places is always for others.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="options">What was asked for.</param>
internal sealed class ConnectionShares(ConcurrencyModel model, ServerOptions options)
{
    private readonly int _all = options.MaxConnections ?? model.DefaultMaxConnections;

    /// <summary>Above it clients are told that the server is busy. A model that serves few at a time lets the others wait in the backlog: nobody has to be sent away.</summary>
    public int? Busy => IsWaitedFor ? null : Math.Max(1, (int)(_all * 9L / 10));

    /// <summary>One address's; null for no limit.</summary>
    public int? PerAddress => IsWaitedFor || options.MaxConnectionsPerAddress == 0 ? null : Least(options.MaxConnectionsPerAddress, _all / 2);

    private bool IsWaitedFor => model.ServesAtOnce is not null;

    /// <summary>The front end's options, strangers having no more than their share.</summary>
    public NativeOptions Within(NativeOptions native) => IsWaitedFor ? native : native with
    {
        MaxUnauthenticated = Least(native.MaxUnauthenticated, _all / 2),
        MaxUnauthenticatedPerAddress = Least(native.MaxUnauthenticatedPerAddress, _all / 4),
    };

    private static int Least(int asked, int share) => asked == 0 ? 0 : Math.Min(asked, Math.Max(1, share));
}
