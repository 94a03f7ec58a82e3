using Argosy.Cli.Shell.Editing;

namespace Argosy.Cli.Shell;

/// <summary>The lines of a script. Nobody is there to be asked.</summary>
internal sealed class ScriptLines(TextReader script) : ILines
{
    // A byte order mark is no part of the first line.
    public async Task<string?> ReadAsync(Func<string> prompt, CancellationToken end) =>
        (await Task.Run(script.ReadLine, CancellationToken.None).WaitAsync(end))?.TrimStart('\ufeff');

    public Task<string> AskAsync(string question, CancellationToken stop) => throw new OperationCanceledException();

    public void Restart()
    {
    }

    public void BeginRow()
    {
    }

    public void Dispose()
    {
    }
}
