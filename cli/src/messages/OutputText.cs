namespace Argosy.Cli.Messages;

/// <summary>About the three standard streams.</summary>
internal static class OutputText
{
    public const string InputIsClosed = "standard input is closed, so there is nothing to read from it";

    public const string BinaryToTerminal =
        "not text, so it is not shown on the terminal. Name a file, send it on to a program, or add --to-terminal";

    public static string Version(string number) => $"argosy {number}";

    /// <summary>What became of a place.</summary>
    public static string Outcome(string place, string? what) => $"{place}: {what}";

    public static string CannotWrite(int error) => $"cannot write to standard output: {SystemText.Of(error)}";

    public static string CannotRead(int error) => $"cannot read standard input: {SystemText.Of(error)}";

    /// <summary>A line of a failure: who says it, about what, and what. Words that begin with their subject say it once.</summary>
    public static string Failure(string speaker, string? subject, string message) =>
        subject is null || message.StartsWith(subject, StringComparison.Ordinal) ? $"{speaker}: {message}" : $"{speaker}: {subject}: {message}";

    public static string Unexpected(string kind) => $"{kind}: this is a bug, please report it (ARGOSY_DEBUG=1 shows the detail)";
}
