using System.Runtime.InteropServices;
using System.Text;
using Argosy.Cli.Messages;
using Argosy.Client;

namespace Argosy.Cli.Output;

/// <summary>
/// The three streams that the process was started with. The base library's own, at their first use, switch a terminal's keypad to another mode and
/// never back; these leave it alone, write as much at once as they are given, and know a stream that was closed.
/// </summary>
internal static partial class StandardStreams
{
    private const int Input = 0;
    private const int Output = 1;
    private const int Error = 2;
    private const int Width = 24 * 1024;
    private const int GetFlags = 1; // F_GETFD
    private const int CloseOnExec = 1; // FD_CLOEXEC
    private const int ReadWrite = 2; // O_RDWR

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    // Looked at once: the number of one that was closed is filled, and looks open from then on.
    private static readonly bool[] Closed = [WasClosed(Input), WasClosed(Output), WasClosed(Error)];

    /// <summary>Makes them those of <see cref="Console"/>: once, before anything else touches it.</summary>
    public static void Install()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Fill();
        RuntimeTerminal.KeepOff();
        Console.SetIn(new LazyInput());
        Console.SetOut(Closed[Output] ? new ClosedOutput() : Writer(new DescriptorOutput(Output)));
        // Where even this takes nothing, there is nobody to tell.
        Console.SetError(Lossy(Error));
    }

    /// <summary>
    /// The same for a server, which needs neither output nor error: closed, full or unread, they keep it from nothing. What cannot be written is lost.
    /// </summary>
    public static void LoseWhatCannotBeWritten()
    {
        Console.SetOut(Lossy(Output));
        Console.SetError(Lossy(Error));
    }

    /// <summary>Standard input, unbuffered.</summary>
    /// <exception cref="CommandException">It was closed.</exception>
    public static Stream OpenInput() =>
        !OperatingSystem.IsLinux() ? Console.OpenStandardInput()
        : Closed[Input] ? throw new CommandException(OutputText.InputIsClosed, exitCode: 2)
        : new DescriptorInput(Input);

    /// <summary>Standard output for a file's content. Unlike with lines, what nobody reads is a failure.</summary>
    /// <exception cref="OutputException">It was closed.</exception>
    public static Stream OpenOutput() =>
        !OperatingSystem.IsLinux() ? Console.OpenStandardOutput()
        : Closed[Output] ? throw new OutputException(Errno.BadDescriptor)
        : new DescriptorOutput(Output, isBrokenPipeTold: true);

    // True where the process was started without the stream. Its number is free then, and one of the runtime's own files may have taken it: that
    // closes at the start of another program, and so cannot have come over from one (execve(2)).
    private static bool WasClosed(int descriptor) =>
        OperatingSystem.IsLinux() && Control(descriptor, GetFlags) is var flags && (flags < 0 || (flags & CloseOnExec) != 0);

    // A number that is still free would be the next connection's or file's, where whoever writes to it by its number would write.
    private static void Fill()
    {
        // The lowest free number is taken first (open(2)).
        for (var descriptor = Input; descriptor <= Error; descriptor++)
            if (Closed[descriptor] && Control(descriptor, GetFlags) < 0)
                _ = Open("/dev/null", ReadWrite);
    }

    // A reader that has gone may be followed by another, at a named pipe: each line is tried.
    private static TextWriter Lossy(int descriptor) => Closed[descriptor] ? TextWriter.Null : Writer(new BestEffort(Raw(descriptor)));

    private static Stream Raw(int descriptor) =>
        OperatingSystem.IsLinux() ? new DescriptorOutput(descriptor, isBrokenPipeTold: true)
        : descriptor == Output ? Console.OpenStandardOutput()
        : Console.OpenStandardError();

    private static StreamWriter Writer(Stream stream) => new(stream, Utf8, Width) { AutoFlush = true };

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    /// <summary>Standard input as lines, opened by whoever reads them. Bytes that are no UTF-8 stay what they are (<see cref="ByteText"/>): a script names files.</summary>
    private sealed class LazyInput : TextReader
    {
        private const char ByteOrderMark = '\ufeff';

        // Each byte is one character, as in Latin-1, until the line is whole.
        private readonly Lazy<StreamReader> _reader = new(() => new StreamReader(OpenInput(), Encoding.Latin1, detectEncodingFromByteOrderMarks: false));
        private bool _isBegun;

        public override string? ReadLine()
        {
            if (_reader.Value.ReadLine() is not { } line)
                return null;
            var text = ByteText.OfBytes(Encoding.Latin1.GetBytes(line));
            (var isFirst, _isBegun) = (!_isBegun, true);
            return isFirst ? text.TrimStart(ByteOrderMark) : text;
        }
    }

    /// <summary>Standard output that is not there.</summary>
    private sealed class ClosedOutput : TextWriter
    {
        public override Encoding Encoding => Utf8;

        public override void Write(char value) => throw new OutputException(Errno.BadDescriptor);
    }
}
