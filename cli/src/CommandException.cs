namespace Argosy.Cli;

/// <summary>Ends the command with one line on standard error.</summary>
/// <param name="message">What went wrong and what to do next.</param>
/// <param name="exitCode">1 refused or failed, 2 bad usage, 3 not reachable, 4 not verified.</param>
public sealed class CommandException(string message, int exitCode = 1) : Exception(message)
{
    /// <summary>The process's exit code.</summary>
    public int ExitCode { get; } = exitCode;
}
