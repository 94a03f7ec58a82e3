using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Cli.Output;

/// <summary>
/// One row at the bottom of what a terminal shows, drawn again and again. The cursor rests at its beginning, so that a terminal that is made
/// narrower and breaks the row in two leaves the cursor on the first of them: what is drawn next clears both. Nothing about the terminal is changed
/// that would have to be put back, however the process ends.
/// </summary>
internal sealed class StatusLine : IDisposable
{
    // ECMA-48: EL clears to the row's end, ED to the screen's. DECAWM (DEC private mode 7) off: what is too long stays in its row. ED is never sent
    // from the screen's first place: some terminals take that for a clearing of all, and keep what was there in their history.
    private const string Clear = "\r\u001b[K \u001b[J\r";
    private const string Begin = "\r\u001b[?7l";
    private const string End = "\u001b[J\r\u001b[?7h";

    private static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly FileStream _terminal = new(new SafeFileHandle(2, ownsHandle: false), FileAccess.Write, bufferSize: 0);
    private readonly List<PosixSignalRegistration> _signals;
    private readonly bool _isShared = TerminalWindow.IsOutputPiped;
    private string _shown = "";
    private bool _isReaderBusy;
    private int _signalsHeard;
    private volatile bool _isOver;

    private StatusLine()
    {
        PosixSignal[] leaving = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];
        _signals = [.. leaving.Select(signal => PosixSignalRegistration.Create(signal, Leave))];
        if (OperatingSystem.IsLinux())
            _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, StandStill));
    }

    /// <summary>What it can be drawn with.</summary>
    public ProgressGlyphs Glyphs { get; } = ProgressGlyphs.OfEnvironment();

    /// <summary>True where another program writes results to the same terminal, or may do so.</summary>
    public bool IsShared => _isShared;

    /// <summary>The line; null where the terminal cannot move its cursor, as its name in <c>TERM</c> says.</summary>
    public static StatusLine? TryOpen() =>
        Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb" ? new StatusLine() : null;

    /// <summary>Shows a text, as wide as the terminal is at this moment.</summary>
    /// <param name="render">The text for so many columns.</param>
    public void Draw(Func<int, string> render)
    {
        if (!TerminalWindow.IsForeground || (_isShared && (TerminalWindow.IsTakenByProgram || IsReaderBusy())))
            return;
        var text = render(TerminalWindow.Columns);
        lock (_gate)
        {
            if (!_isOver)
                Write($"{Begin}{_shown = text}{End}");
        }
    }

    /// <summary>Takes it away until it is drawn again, so that something else can be written.</summary>
    public void Erase()
    {
        lock (_gate)
        {
            if (_shown.Length > 0 && TerminalWindow.IsForeground)
                Write(Clear);
            (_shown, _isReaderBusy) = ("", true);
        }
    }

    /// <summary>Takes it away for good.</summary>
    public void Dispose()
    {
        _isOver = true;
        Erase();
        _signals.ForEach(signal => signal.Dispose());
        _terminal.Dispose();
    }

    // What it has read it may not have written yet: it gets from one drawing to the next for that.
    private bool IsReaderBusy()
    {
        lock (_gate)
        {
            var wasBusy = _isReaderBusy;
            _isReaderBusy = TerminalWindow.HasUnreadOutput;
            return wasBusy || _isReaderBusy;
        }
    }

    // The first Ctrl-C ends a transfer in order, which is shown; after the second, and after what nobody answers, the process ends at once.
    private void Leave(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _signalsHeard) > 1 || context.Signal is PosixSignal.SIGHUP or PosixSignal.SIGQUIT)
            _isOver = true;
        MakeRoom();
    }

    // A terminal that takes nothing must not keep the process from what comes next.
    private void MakeRoom() => Task.Run(Erase).Wait(Courtesy);

    // Ctrl-Z. Whoever listens to it has to stop by himself: the runtime does not.
    private void StandStill(PosixSignalContext context)
    {
        context.Cancel = true;
        MakeRoom();
        TerminalWindow.StopProcess();
    }

    private void Write(string text)
    {
        try
        {
            _terminal.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException)
        {
            // A terminal that is gone, or takes nothing now, is no reason to stop a transfer.
        }
    }
}
