namespace Argosy.Sockets;

/// <summary>A handler in a worker process threw; this reaches the parent's <see cref="StreamServer.OnError"/>. Errors of the connection itself
/// (<see cref="ConnectionException"/>, <see cref="TimeoutException"/>) arrive as what they are, with this one as their inner exception.</summary>
public sealed class WorkerHandlerException : Exception
{
    internal WorkerHandlerException(string typeName, string message, string details, int processId)
        : base(message) => (TypeName, Details, ProcessId) = (typeName, details, processId);

    /// <summary>The full name of the type that was thrown there.</summary>
    public string TypeName { get; }

    /// <summary>All that the worker knew of it: inner exceptions and stack traces.</summary>
    public string Details { get; }

    /// <summary>The worker's process id.</summary>
    public int ProcessId { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{GetType().FullName}: in worker {ProcessId}: {Details}";
}

/// <summary>A worker process died (killed, crashed, exited in mid-connection) and its connections with it. It reaches
/// <see cref="StreamServer.OnError"/>; another worker takes its place.</summary>
public sealed class WorkerDiedException : Exception
{
    internal WorkerDiedException(WorkerExit exit, long lost)
        : base($"Worker process {exit.ProcessId} {exit}{Loss(lost)}.") => (ProcessId, ExitCode, Lost) = (exit.ProcessId, exit.Code, lost);

    /// <summary>Its process id.</summary>
    public int ProcessId { get; }

    /// <summary>Its exit code; above 128, the signal that killed it plus 128, as shells count.</summary>
    public int ExitCode { get; }

    /// <summary>How many connections ended with it.</summary>
    public long Lost { get; }

    private static string Loss(long lost) => lost switch
    {
        0 => "; it served nobody",
        1 => "; the connection it served is lost",
        _ => $"; the {lost} connections it served are lost",
    };
}

/// <summary>A worker process cannot be started, or does not come to serving. The message says which command and what happened.</summary>
public sealed class WorkerStartException : IOException
{
    internal WorkerStartException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
