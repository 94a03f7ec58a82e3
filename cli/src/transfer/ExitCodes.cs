using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary>What scripts rely on.</summary>
internal static class ExitCodes
{
    /// <summary>Stopped by Ctrl-C: the process ends by that signal, which a shell shows so.</summary>
    public const int Interrupted = 130;

    /// <summary>The words of the command line do not go together.</summary>
    public const int Usage = 2;

    /// <summary>Nobody answers, or the connection was lost.</summary>
    public const int NotReachable = 3;

    /// <summary>What came is not what was sent, or the server is not the one meant.</summary>
    public const int NotVerified = 4;

    /// <summary>The exit code of what can go wrong; null for what may not: a mistake in the program.</summary>
    public static int? Of(Exception exception) => exception switch
    {
        ClientException known => known.ExitCode,
        CommandException failed => failed.ExitCode,
        UsageException or FormatException => 2,
        IOException or UnauthorizedAccessException or OperationCanceledException => 1,
        _ => null,
    };
}
