using System.Runtime.InteropServices;

namespace Argosy.Client;

/// <summary>Tells pipes, devices and sockets from files, which the base library does not.</summary>
internal static partial class SpecialFiles
{
    private const int CurrentFolder = -100;
    private const uint WantType = 1;
    private const int ModeOffset = 28;
    private const int TypeBits = 0xf000;
    private const int Regular = 0x8000;
    private const int Folder = 0x4000;

    /// <summary>True for what could not be replaced by a file without being lost. Links are followed.</summary>
    public static bool Is(string path) => OperatingSystem.IsLinux()
        ? Type(path) is not (null or Regular or Folder)
        : path.StartsWith("/dev/", StringComparison.Ordinal);

    private static int? Type(string path)
    {
        Span<byte> buffer = stackalloc byte[256];
        if (StatX(CurrentFolder, path, 0, WantType, ref MemoryMarshal.GetReference(buffer)) != 0)
            return null;
        return MemoryMarshal.Read<ushort>(buffer[ModeOffset..]) & TypeBits;
    }

    // statx(2) and not stat(2): its structure of 256 bytes is the same on every processor.
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, ref byte buffer);
}
