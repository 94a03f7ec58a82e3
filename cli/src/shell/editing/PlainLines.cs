using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Cli.Shell.Editing;

/// <summary>Lines from a terminal that can do nothing but show them (TERM=dumb), or on a system whose terminals are not known here: the kernel edits.</summary>
internal sealed class PlainLines : ILines
{
    private readonly StreamReader _input = new(new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0), Encoding.UTF8);

    // A read cannot be taken back: the next one to wait waits for it.
    private Task<string?>? _pending;

    public async Task<string?> ReadAsync(Func<string> prompt, CancellationToken end)
    {
        Console.Error.Write(prompt());
        _pending ??= Task.Run(() => _input.ReadLine(), CancellationToken.None);
        var line = await _pending.WaitAsync(end);
        _pending = null;
        return line;
    }

    public async Task<string> AskAsync(string question, CancellationToken stop) => await ReadAsync(() => question, stop) ?? throw new OperationCanceledException();

    public void BeginRow() => Console.Error.WriteLine();

    public void Dispose() => _input.Dispose();
}
