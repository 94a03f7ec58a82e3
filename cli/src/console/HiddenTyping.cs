using System.Runtime.InteropServices;

namespace Argosy.Cli.Output;

/// <summary>
/// While it lives the terminal does not show what is typed. Reading key by key, as the base library offers, shows what is typed or pasted between two
/// keys.
/// </summary>
internal sealed class HiddenTyping : IDisposable
{
    private const int StandardInput = 0;

    // struct termios begins with four 32-bit flag words, c_lflag the last.
    private const int LocalFlags = 12;
    private const uint Echo = 0x8;
    private static readonly PosixSignal[] Endings = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP];

    private readonly TerminalMode? _mode;

    private HiddenTyping(TerminalMode? mode) => _mode = mode;

    /// <summary>Stops showing from now on. Does nothing where there is no terminal.</summary>
    /// <param name="terminal">Which; standard input.</param>
    /// <param name="ask">Asks: now, and once more after the process was stopped and goes on.</param>
    public static HiddenTyping Begin(int terminal = StandardInput, Action? ask = null) => new(TerminalMode.Begin(terminal, Hide, Endings, ask));

    /// <summary>Shows again what is typed.</summary>
    public void Dispose() => _mode?.Dispose();

    private static void Hide(byte[] modes)
    {
        var flags = modes.AsSpan(LocalFlags, sizeof(uint));
        MemoryMarshal.Write(flags, MemoryMarshal.Read<uint>(flags) & ~Echo);
    }
}
