using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Cli.Transfer;

/// <summary>What stands at a local place, whose name may hold bytes that are no UTF-8 (<see cref="ByteText"/>).</summary>
internal static partial class LocalPlace
{
    private const int PathOnly = 0x200000 | 0x80000; // O_PATH | O_CLOEXEC

    public static bool IsFolder(string name) => Look(name, Directory.Exists);

    public static bool IsFile(string name) => Look(name, File.Exists);

    /// <summary>True for whatever is no folder.</summary>
    public static bool Exists(string name) => Look(name, File.Exists);

    /// <summary>A regular file's; 0 for everything else, whose length means nothing.</summary>
    public static long Length(string name) => Look(name, place => new FileInfo(place) is { Exists: true } file ? Regular(file) : 0);

    // Links are followed: the base library gives a link's own length.
    private static long Regular(FileInfo file) => file.LinkTarget is null ? file.Length : file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } end ? end.Length : 0;

    // The base library's names are text; what is open can be asked about by a name that is.
    private static T? Look<T>(string name, Func<string, T> ask)
    {
        if (!OperatingSystem.IsLinux() || !name.Any(ByteText.IsByte))
            return ask(name);
        using var place = new SafeFileHandle(Open([.. ByteText.ToBytes(name), 0], PathOnly), ownsHandle: true);
        return place.IsInvalid ? default : ask($"/proc/self/fd/{place.DangerousGetHandle()}");
    }

    [LibraryImport("libc", EntryPoint = "open")]
    private static partial int Open(byte[] path, int flags);
}
