using System.Runtime.InteropServices;

namespace Argosy.Cli.Output;

/// <summary>What can be asked of the terminal that standard error goes to.</summary>
internal static partial class TerminalWindow
{
    private const int StandardOutput = 1;
    private const int StandardError = 2;
    private const int Usual = 80;
    private const int Stop = 19;

    // Linux's number on all that .NET runs on but POWER (asm-generic/ioctls.h); struct winsize: rows, columns, and two more of 16 bits.
    private const ulong GetWindowSize = 0x5413;
    private const int SizeLength = 8;
    private const int SizeColumns = 2;

    // pipe(7), on either end: how many bytes wait in it, as an int.
    private const ulong GetWaitingBytes = 0x541B;

    // struct termios, as in HiddenTyping.
    private const int AttributesRoom = 128;
    private const int LocalFlags = 12;
    private const uint LineByLine = 0x2;

    /// <summary>How wide it is now; 80 where it does not say.</summary>
    public static int Columns => ColumnsOf(StandardError);

    /// <summary>The same of the terminal that standard output goes to.</summary>
    public static int OutputColumns => ColumnsOf(StandardOutput);

    /// <summary>False while this process runs in the background of a shell: then the terminal is somebody else's (tcgetpgrp(3)).</summary>
    public static bool IsForeground => IsForegroundOf(StandardError);

    /// <summary>True where a program reads its keys one by one, as a pager does that shows this command's output.</summary>
    public static bool IsTakenByProgram
    {
        get
        {
            var state = new byte[AttributesRoom];
            return OperatingSystem.IsLinux() && GetAttributes(StandardError, state) == 0
                && (MemoryMarshal.Read<uint>(state.AsSpan(LocalFlags)) & LineByLine) == 0;
        }
    }

    /// <summary>True where standard output goes to another program, which may write to the same terminal.</summary>
    public static bool IsOutputPiped => OperatingSystem.IsLinux() && Console.IsOutputRedirected
        && new FileInfo("/proc/self/fd/1").LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true;

    /// <summary>True while the program that reads standard output has not read all of it.</summary>
    public static bool HasUnreadOutput
    {
        get
        {
            var count = new byte[sizeof(int)];
            return IsOutputPiped && Control(StandardOutput, GetWaitingBytes, count) == 0 && MemoryMarshal.Read<int>(count) > 0;
        }
    }

    /// <summary>Stands still until the shell lets it go on (signal(7)).</summary>
    public static void StopProcess() => _ = Kill(Environment.ProcessId, Stop);

    /// <summary><see cref="IsForeground"/>, asked of another descriptor; true where that is no terminal of this process.</summary>
    public static bool IsForegroundOf(int terminal) => !OperatingSystem.IsLinux() || (ForegroundGroup(terminal) is var group && (group < 0 || group == OwnGroup()));

    private static int ColumnsOf(int terminal)
    {
        var size = new byte[SizeLength];
        var columns = OperatingSystem.IsLinux() && Control(terminal, GetWindowSize, size) == 0 ? MemoryMarshal.Read<ushort>(size.AsSpan(SizeColumns)) : 0;
        return columns > 0 ? columns : Usual;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, ulong request, [Out] byte[] answer);

    [LibraryImport("libc", EntryPoint = "tcgetpgrp")]
    private static partial int ForegroundGroup(int descriptor);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    private static partial int OwnGroup();

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetAttributes(int descriptor, [Out] byte[] state);
}
