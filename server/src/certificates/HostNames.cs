using System.Net;

namespace Argosy.Server;

/// <summary>
/// The names that a self-signed certificate shows to whoever connects. Clients pin its key and need none of them, so it names what anybody knows
/// (<c>localhost</c> and the loopback addresses) and what the operator wants: not the machine's name, nor the addresses of its other networks.
/// </summary>
internal static class HostNames
{
    /// <summary><c>localhost</c>, the loopback addresses, and <paramref name="more"/>.</summary>
    public static IReadOnlyList<string> All(IEnumerable<string> more) =>
    [
        .. new[] { "localhost", "127.0.0.1", "::1" }
            .Concat(more)
            .Select(name => IPAddress.TryParse(name, out var address) ? address.ToString() : name)
            .Where(name => IPAddress.TryParse(name, out _) || Uri.CheckHostName(name) == UriHostNameType.Dns)
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ];
}
