namespace Argosy.Cli.Shell.Editing;

/// <summary>Lines from a terminal that can do nothing but show them (TERM=dumb), or on a system whose terminals are not known here: the kernel edits.</summary>
internal sealed class PlainLines : ILines
{
    // A read cannot be taken back: the next one to wait waits for it.
    private Task<string?>? _pending;
    private Func<string> _prompt = () => "";

    public async Task<string?> ReadAsync(Func<string> prompt, CancellationToken end)
    {
        _prompt = prompt;
        Console.Error.Write(prompt());
        _pending ??= Task.Run(Console.In.ReadLine, CancellationToken.None);
        var line = await _pending.WaitAsync(end);
        _pending = null;
        if (line is null)
            Console.Error.WriteLine();
        return line;
    }

    public async Task<string> AskAsync(string question, CancellationToken stop) => await ReadAsync(() => question, stop) ?? throw new OperationCanceledException();

    // The kernel has forgotten what was typed of it.
    public void Restart()
    {
        Console.Error.WriteLine();
        Console.Error.Write(_prompt());
    }

    public void BeginRow() => Console.Error.WriteLine();

    public void Dispose()
    {
    }
}
