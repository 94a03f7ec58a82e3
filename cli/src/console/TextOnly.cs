using Argosy.Cli.Messages;

namespace Argosy.Cli.Output;

/// <summary>A terminal that a file is shown on. What holds a zero is no text, and a terminal would obey it: refused, as curl(1) does, before any of it is shown.</summary>
/// <param name="terminal">The terminal.</param>
internal sealed class TextOnly(Stream terminal) : OutputStream
{
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
