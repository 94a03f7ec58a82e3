namespace Argosy.Sockets;

/// <summary>The connections that one wait watches.</summary>
internal static class ReadinessSet
{
    internal static StreamConnection[] Of(ReadOnlySpan<IConnection> connections)
    {
        var set = new StreamConnection[connections.Length];
        for (var i = 0; i < set.Length; i++)
        {
            set[i] = connections[i] as StreamConnection ?? throw new NotSupportedException(
                $"A {connections[i].GetType().Name} cannot be waited on with others; wait on the connection beneath it.");
        }

        return set;
    }

    /// <summary>The first that can be read at once, or -1.</summary>
    internal static int FirstReadable(StreamConnection[] connections) =>
        Array.FindIndex(connections, connection => connection.IsReadable());
}
