using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Argosy.Cli.Output;

/// <summary>
/// While it lives the terminal does not show what is typed (termios(3)). Reading key by key, as the base library offers, shows what is typed or
/// pasted between two keys.
/// </summary>
internal sealed partial class HiddenTyping : IDisposable
{
    private const int StandardInput = 0;
    private const int Now = 0;

    // struct termios begins with four 32-bit flag words, c_lflag the last; it is smaller than this on every Linux.
    private const int LocalFlags = 12;
    private const int Room = 128;
    private const uint Echo = 0x8;

    private readonly byte[]? _before;

    private HiddenTyping(byte[]? before) => _before = before;

    /// <summary>Stops showing from now on. Does nothing where standard input is no terminal, or the system is not Linux.</summary>
    public static HiddenTyping Begin()
    {
        var state = new byte[Room];
        if (!OperatingSystem.IsLinux() || GetAttributes(StandardInput, state) != 0)
            return new HiddenTyping(null);
        var before = state.ToArray();
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(state.AsSpan(LocalFlags));
        BinaryPrimitives.WriteUInt32LittleEndian(state.AsSpan(LocalFlags), flags & ~Echo);
        _ = SetAttributes(StandardInput, Now, state);
        return new HiddenTyping(before);
    }

    /// <summary>Shows again what is typed.</summary>
    public void Dispose()
    {
        if (_before is not null)
            _ = SetAttributes(StandardInput, Now, _before);
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetAttributes(int descriptor, [Out] byte[] state);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetAttributes(int descriptor, int when, byte[] state);
}
