using System.Runtime.InteropServices;

namespace Argosy.Cli.Shell.Editing;

/// <summary>How large the terminal's window is (ioctl_tty(2)); 80 by 24 where nobody knows.</summary>
internal static partial class WindowSize
{
    private const int StandardError = 2;
    private const nuint GetWindowSize = 0x5413; // TIOCGWINSZ

    public static (int Columns, int Rows) Now
    {
        get
        {
            var size = new ushort[4];
            var isKnown = OperatingSystem.IsLinux() && Control(StandardError, GetWindowSize, size) == 0 && size[0] > 0 && size[1] > 0;
            return isKnown ? (size[1], size[0]) : (80, 24);
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, nuint request, [Out] ushort[] size);
}
