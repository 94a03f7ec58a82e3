using System.Runtime.InteropServices;
using System.Text;
using Argosy.Cli.Messages;

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

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Makes them those of <see cref="Console"/>: once, before anything else touches it.</summary>
    public static void Install()
    {
        if (!OperatingSystem.IsLinux())
            return;
        RuntimeTerminal.KeepOff();
        Console.SetIn(new LazyInput());
        Console.SetOut(IsClosed(Output) ? new ClosedOutput() : Writer(new DescriptorOutput(Output)));
        // Where even this takes nothing, there is nobody to tell.
        Console.SetError(IsClosed(Error) ? TextWriter.Null : Writer(new BestEffort(new DescriptorOutput(Error))));
    }

    /// <summary>Standard input, unbuffered.</summary>
    /// <exception cref="CommandException">It was closed.</exception>
    public static Stream OpenInput() =>
        !OperatingSystem.IsLinux() ? Console.OpenStandardInput()
        : IsClosed(Input) ? throw new CommandException(OutputText.InputIsClosed, exitCode: 2)
        : new DescriptorInput(Input);

    /// <summary>Standard output for a file's content. Unlike with lines, what nobody reads is a failure.</summary>
    /// <exception cref="OutputException">It was closed.</exception>
    public static Stream OpenOutput() =>
        !OperatingSystem.IsLinux() ? Console.OpenStandardOutput()
        : IsClosed(Output) ? throw new OutputException(Errno.BadDescriptor)
        : new DescriptorOutput(Output, isBrokenPipeTold: true);

    /// <summary>
    /// True where the process was started without the stream. Its number is free then, and one of the runtime's own files may have taken it: that
    /// closes at the start of another program, and so cannot have come over from one (execve(2)).
    /// </summary>
    private static bool IsClosed(int descriptor) => Control(descriptor, GetFlags) is var flags && (flags < 0 || (flags & CloseOnExec) != 0);

    private static StreamWriter Writer(Stream stream) => new(stream, Utf8, Width) { AutoFlush = true };

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command);

    /// <summary>Standard input as text, opened by whoever reads it.</summary>
    private sealed class LazyInput : TextReader
    {
        private readonly Lazy<StreamReader> _reader = new(() => new StreamReader(OpenInput(), Utf8));

        public override int Peek() => _reader.Value.Peek();

        public override int Read() => _reader.Value.Read();

        public override int Read(char[] buffer, int index, int count) => _reader.Value.Read(buffer, index, count);

        public override string? ReadLine() => _reader.Value.ReadLine();

        public override string ReadToEnd() => _reader.Value.ReadToEnd();
    }

    /// <summary>Standard output that is not there.</summary>
    private sealed class ClosedOutput : TextWriter
    {
        public override Encoding Encoding => Utf8;

        public override void Write(char value) => throw new OutputException(Errno.BadDescriptor);
    }

    /// <summary>Swallows what cannot be written.</summary>
    private sealed class BestEffort(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void SetLength(long value) => inner.SetLength(value);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                inner.Write(buffer);
            }
            catch (OutputException)
            {
            }
        }
    }
}
