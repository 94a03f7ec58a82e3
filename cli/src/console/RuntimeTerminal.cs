using System.Runtime.InteropServices;

namespace Argosy.Cli.Output;

/// <summary>
/// The runtime remembers a terminal's modes when it begins to listen to signals, and sets them again whenever the process goes on after a stop: over
/// modes that others have set meanwhile, such as typing that is not shown; and from the background, where that stops the process once more.
/// </summary>
internal static partial class RuntimeTerminal
{
    private const int StandardInput = 0;
    private const int CloseOnExec = 0x80000; // O_CLOEXEC
    private const int Duplicate = 1030; // F_DUPFD_CLOEXEC

    /// <summary>Makes it see no terminal at the moment when it looks: which it does once, and at standard input alone.</summary>
    public static void KeepOff()
    {
        if (!OperatingSystem.IsLinux() || IsTerminal(StandardInput) != 1)
            return;
        var nothing = Open("/dev/null", CloseOnExec);
        var terminal = Control(StandardInput, Duplicate, 3);
        if (nothing >= 0 && terminal >= 0 && Replace(nothing, StandardInput) == StandardInput)
        {
            using (PosixSignalRegistration.Create(PosixSignal.SIGCONT, static _ => { }))
                _ = Replace(terminal, StandardInput);
        }

        _ = Close(nothing);
        _ = Close(terminal);
    }

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsTerminal(int descriptor);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Replace(int from, int to);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
