namespace Argosy.Sockets;

/// <summary>A concurrency model at work.</summary>
internal interface IAcceptor
{
    /// <summary>Stops accepting. When it completes, no further connection will be admitted. The listeners are closed by their owner.</summary>
    Task StopAsync();

    /// <summary>Completes when the model's threads have ended. Called after the last connection has been served.</summary>
    Task JoinAsync();

    /// <summary>
    /// Tells processes of the model to finish; completes when they have. Called after <see cref="StopAsync"/>. What the dispatcher itself
    /// tracks is told by the dispatcher.
    /// </summary>
    Task DrainAsync() => Task.CompletedTask;

    /// <summary>Ends what processes of the model still serve.</summary>
    void Abort()
    {
    }

    /// <summary>Passes a message of the program on to the model's worker processes.</summary>
    void SendToWorkers(ReadOnlySpan<byte> message)
    {
    }
}
