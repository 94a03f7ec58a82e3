using Argosy.Cli.Messages;

namespace Argosy.Cli.Output;

/// <summary>A terminal that a file is shown on. What holds a zero is no text, and a terminal would obey it: refused, as curl(1) does, before any of it is shown.</summary>
/// <param name="terminal">The terminal.</param>
internal sealed class TextOnly(Stream terminal) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() => terminal.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <exception cref="CommandException">It is no text.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Check(buffer);
        terminal.Write(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Check(buffer.Span);
        return terminal.WriteAsync(buffer, cancellationToken);
    }

    private static void Check(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Contains((byte)0))
            throw new CommandException(OutputText.BinaryToTerminal);
    }
}
