using System.Runtime.InteropServices;

namespace Argosy.Cli.Output;

/// <summary>
/// Modes of a terminal (termios(3)) for as long as it lives: as they were when it is disposed of, while the process is stopped (Ctrl-Z), and when a
/// signal ends the process; set again when it goes on. Never touched from the background of a shell: there the terminal is somebody else's.
/// </summary>
internal sealed partial class TerminalMode : IDisposable
{
    // After what was written has gone out.
    private const int Drained = 1;
    private const int StopSignal = 19; // SIGSTOP (signal(7))

    // struct termios is smaller than this everywhere.
    private const int Room = 256;

    private readonly Lock _gate = new();
    private readonly int _terminal;
    private readonly byte[] _before;
    private readonly byte[] _wanted;
    private readonly Action? _entered;
    private readonly Action? _leaving;
    private readonly List<PosixSignalRegistration> _signals = [];
    private bool _isOver;
    private bool _isToldTwice;

    private TerminalMode(int terminal, byte[] before, byte[] wanted, Action? entered, Action? leaving) =>
        (_terminal, _before, _wanted, _entered, _leaving) = (terminal, before, wanted, entered, leaving);

    /// <summary>Sets modes from now on. Null where the descriptor is no terminal, or the system is not Linux.</summary>
    /// <param name="terminal">A descriptor of it.</param>
    /// <param name="change">Makes the modes from those that are.</param>
    /// <param name="endings">Signals that end the process, unless somebody else keeps them from it: then too the modes are given back.</param>
    /// <param name="entered">Called whenever they were set: now, and when the process goes on in the foreground after a stop.</param>
    /// <param name="leaving">Called whenever they are about to be given back.</param>
    public static TerminalMode? Begin(int terminal, Action<byte[]> change, PosixSignal[] endings, Action? entered = null, Action? leaving = null)
    {
        var before = new byte[Room];
        if (!OperatingSystem.IsLinux() || GetAttributes(terminal, before) != 0)
            return null;
        var wanted = before.ToArray();
        change(wanted);
        var mode = new TerminalMode(terminal, before, wanted, entered, leaving);
        mode._signals.AddRange(endings.Select(signal => PosixSignalRegistration.Create(signal, _ => mode.End())));
        mode._signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, mode.Suspend));
        mode._signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => mode.GoOn()));
        lock (mode._gate)
            mode.Enter();
        return mode;
    }

    /// <summary>Makes modes in which each key comes by itself and unseen, none with a meaning (cfmakeraw(3)).</summary>
    public static void Raw(byte[] modes) => MakeRaw(modes);

    /// <summary>As Ctrl-Z does elsewhere: the modes as they were, stop, and on again when somebody says so.</summary>
    public void Suspend()
    {
        lock (_gate)
        {
            Leave();
            _isToldTwice = true;
        }

        _ = Raise(StopSignal);
        lock (_gate)
            Enter();
    }

    public void Dispose()
    {
        // Outside the lock: it waits for those that run.
        _signals.ForEach(signal => signal.Dispose());
        End();
    }

    private void Suspend(PosixSignalContext context)
    {
        // Whoever listens to it has to stop by himself: the runtime does not.
        context.Cancel = true;
        Suspend();
    }

    // Behind a stop that came from here, who stopped goes on by himself.
    private void GoOn()
    {
        lock (_gate)
        {
            if (!_isToldTwice)
                Enter();
            _isToldTwice = false;
        }
    }

    private void End()
    {
        lock (_gate)
        {
            Leave();
            _isOver = true;
        }
    }

    private void Enter()
    {
        if (_isOver || !TerminalWindow.IsForegroundOf(_terminal))
            return;
        _ = SetAttributes(_terminal, Drained, _wanted);
        _entered?.Invoke();
    }

    private void Leave()
    {
        if (_isOver || !TerminalWindow.IsForegroundOf(_terminal))
            return;
        _leaving?.Invoke();
        _ = SetAttributes(_terminal, Drained, _before);
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetAttributes(int descriptor, [Out] byte[] state);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetAttributes(int descriptor, int when, byte[] state);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw([In, Out] byte[] state);

    // To this very thread: it goes on when the process does, and not a moment before it stops.
    [LibraryImport("libc", EntryPoint = "raise")]
    private static partial int Raise(int signal);
}
