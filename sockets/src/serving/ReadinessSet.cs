namespace Argosy.Sockets;

/// <summary>The connections that one wait watches, in their order, and the one that is looked at first.</summary>
internal readonly struct ReadinessSet(StreamConnection[] connections, int first)
{
    internal StreamConnection[] Connections => connections;

    /// <summary>The first of which that is true, or -1.</summary>
    internal int First(Predicate<StreamConnection> isMeant)
    {
        for (var i = 0; i < connections.Length; i++)
        {
            var index = (first + i) % connections.Length;
            if (isMeant(connections[index])) return index;
        }

        return -1;
    }
}

/// <summary>
/// Whose turn it is, from one wait of a handler to its next: a connection that can always be read must not keep the others from being seen.
/// </summary>
internal struct ReadinessTurns
{
    private int _next;

    internal ReadinessSet Of(ReadOnlySpan<IConnection> connections)
    {
        var set = new StreamConnection[connections.Length];
        for (var i = 0; i < set.Length; i++)
        {
            set[i] = connections[i] as StreamConnection ?? throw new NotSupportedException(
                $"A {connections[i].GetType().Name} cannot be waited on with others; wait on the connection beneath it.");
        }

        return new ReadinessSet(set, _next % set.Length);
    }

    /// <summary>That one was found: the next wait begins behind it.</summary>
    internal int Take(int index)
    {
        _next = index + 1;
        return index;
    }
}
