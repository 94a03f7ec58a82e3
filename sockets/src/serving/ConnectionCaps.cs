namespace Argosy.Sockets;

/// <summary>The caps on connections; <see cref="int.MaxValue"/> is none.</summary>
/// <param name="Total">Above it connections are refused.</param>
/// <param name="Busy">Above it handlers are told that the server is overloaded.</param>
/// <param name="PerAddress">Above it an address's connections are refused.</param>
internal readonly record struct ConnectionCaps(int Total, int Busy, int PerAddress)
{
    internal static ConnectionCaps Of(StreamServerOptions options) => new(
        options.MaxConnections ?? options.Model.DefaultMaxConnections,
        options.BusyAbove ?? int.MaxValue,
        options.MaxPerAddress ?? int.MaxValue);
}
