namespace Argosy.Sockets;

/// <summary>A concurrency model at work.</summary>
internal interface IAcceptor
{
    /// <summary>Stops accepting. When it completes, no further connection will be admitted. The listeners are closed by their owner.</summary>
    Task StopAsync();

    /// <summary>Completes when the model's threads have ended. Called after the last connection has been served.</summary>
    Task JoinAsync();
}
