using System.Text;

namespace Argosy.Sockets;

/// <summary>A protocol of text lines in UTF-8.</summary>
/// <param name="maxLine">The longest line in bytes, without its ending.</param>
/// <param name="ending">How lines are sent; both endings are understood.</param>
public abstract class LineReceiver(int maxLine = 16 * 1024, LineEnding ending = LineEnding.CrLf)
    : MessageReceiver(new LineFraming(maxLine, ending))
{
    /// <summary>A line has arrived; its ending is cut off.</summary>
    protected abstract void LineReceived(string line);

    /// <summary>Sends a line and its ending. Any thread.</summary>
    /// <exception cref="ArgumentException">It is too long, or contains a line ending.</exception>
    public void SendLine(string line) => SendMessage(Encoding.UTF8.GetBytes(line));

    /// <inheritdoc/>
    protected sealed override void MessageReceived(ReadOnlySpan<byte> message) => LineReceived(Encoding.UTF8.GetString(message));
}
