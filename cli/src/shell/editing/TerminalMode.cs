using System.Runtime.InteropServices;

namespace Argosy.Cli.Shell.Editing;

/// <summary>The terminal at standard input, while each key is wanted by itself and unseen (termios(3)); as it was, when disposed of.</summary>
internal sealed partial class TerminalMode : IDisposable
{
    private const int StandardInput = 0;

    // After what was written has gone out.
    private const int Drained = 1;
    private const int StopSignal = 20; // SIGTSTP (signal(7))

    // struct termios is smaller than this everywhere.
    private const int Room = 256;
    private readonly byte[] _before;
    private readonly byte[] _raw;

    private TerminalMode(byte[] before, byte[] raw) => (_before, _raw) = (before, raw);

    /// <summary>Begins. Null where standard input is no terminal.</summary>
    public static TerminalMode? Begin()
    {
        var before = new byte[Room];
        if (GetAttributes(StandardInput, before) != 0)
            return null;
        var raw = before.ToArray();
        MakeRaw(raw);
        _ = SetAttributes(StandardInput, Drained, raw);
        return new TerminalMode(before, raw);
    }

    /// <summary>As Ctrl-Z does elsewhere: the terminal as it was, stop, and here again when somebody says so.</summary>
    public void Suspend()
    {
        Dispose();
        _ = Raise(StopSignal);
        _ = SetAttributes(StandardInput, Drained, _raw);
    }

    public void Dispose() => _ = SetAttributes(StandardInput, Drained, _before);

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
