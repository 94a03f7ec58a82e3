namespace Argosy.Cli.Shell.Editing;

/// <summary>Where the lines of a shell come from, and the answers to its questions.</summary>
internal interface ILines : IDisposable
{
    /// <summary>The next line; null at the end.</summary>
    /// <param name="prompt">Shown where somebody sees it; safe to show. Asked again when the window's size changes.</param>
    /// <param name="end">Ends the wait.</param>
    Task<string?> ReadAsync(Func<string> prompt, CancellationToken end);

    /// <summary>Asks, and waits for a line.</summary>
    /// <exception cref="OperationCanceledException">Nobody wants to answer.</exception>
    Task<string> AskAsync(string question, CancellationToken stop);

    /// <summary>Somebody sent SIGINT while a line was waited for: it is waited for anew.</summary>
    void Restart();

    /// <summary>What is shown next begins at the left, also behind the ^C that a terminal shows by itself.</summary>
    void BeginRow();
}
