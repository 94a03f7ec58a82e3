namespace Argosy.Sockets;

/// <summary>A concurrency model that serves datagrams, at work.</summary>
internal interface IDatagramReceiver
{
    /// <summary>Stops receiving. When it completes, nothing more will be queued. The sockets are closed by their owner.</summary>
    Task StopAsync();

    /// <summary>Completes when the workers have ended, which they do once the queue is closed and empty.</summary>
    Task JoinAsync();

    /// <summary>Ends processes of the model that did not finish in time; completes when they have gone. Called after <see cref="JoinAsync"/>.</summary>
    Task AbortAsync() => Task.CompletedTask;
}
