using System.Runtime.InteropServices;
using Argosy.Cli.Transfer;

namespace Argosy.Cli;

/// <summary>How the process ends.</summary>
internal static partial class Ending
{
    private const int Interrupt = 2; // SIGINT (signal(7))

    /// <summary>
    /// The exit code. What Ctrl-C has stopped ends by that signal, once it has put everything in order: only so does a shell know that its loop or
    /// script was meant too, and it shows 130.
    /// </summary>
    public static int With(int code)
    {
        if (code != ExitCodes.Interrupted || !OperatingSystem.IsLinux())
            return code;
        _ = Handle(Interrupt, 0); // SIG_DFL
        _ = Raise(Environment.ProcessId, Interrupt);
        return code;
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Handle(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Raise(int process, int signal);
}
