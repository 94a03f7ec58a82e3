namespace Argosy.Sockets;

/// <summary>What became of <see cref="StreamServer.HandleOneAsync"/>.</summary>
public enum OneConnection
{
    /// <summary>A connection came and was served to its end. Whether its handler failed is told to <see cref="StreamServer.OnError"/>.</summary>
    Served,

    /// <summary>A connection came and was refused: not verified, or no room for it.</summary>
    Refused,

    /// <summary>None came before the deadline.</summary>
    TimedOut,

    /// <summary>The server was stopped before one came.</summary>
    Stopped,
}
