namespace Argosy.Sockets;

/// <summary>How a worker process ended. <see cref="object.ToString"/> reads as the rest of a sentence.</summary>
/// <param name="ProcessId">Its process id.</param>
/// <param name="Code">Its exit code; above 128, the signal that killed it plus 128.</param>
/// <param name="Cause">Why its server has killed it; null where it did not, or where that was to be expected.</param>
internal readonly record struct WorkerExit(int ProcessId, int Code, string? Cause = null)
{
    private const int SignalBase = 128;

    /// <inheritdoc/>
    public override string ToString() => Cause ?? Code switch
    {
        SignalBase + 6 => "crashed (SIGABRT; the runtime ends so after Environment.FailFast or an unhandled exception)",
        SignalBase + 9 => "was killed (SIGKILL; by an operator, or by the system when memory was short)",
        SignalBase + 11 => "crashed (SIGSEGV)",
        > SignalBase => $"was ended by signal {Code - SignalBase}",
        _ => $"exited with code {Code}",
    };
}
