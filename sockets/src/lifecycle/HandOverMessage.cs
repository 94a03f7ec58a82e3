using System.Runtime.InteropServices;
using System.Text;

namespace Argosy.Sockets;

/// <summary>
/// What goes over the Unix socket of a hand-over. The running process speaks first, with the descriptors beside the first byte:
/// <code>
/// argosy-listeners 1 LF          or:  refused WHY LF
/// NAME own|keep LF               one line for each descriptor: "own" leaves a Unix socket's file to the successor
/// LF
/// </code>
/// The successor answers <c>R</c> once it serves; the running process then answers <c>G</c> and takes nothing new any more. Whoever closes
/// before has changed nothing.
/// </summary>
internal sealed record HandOverMessage(IReadOnlyList<(string Name, bool OwnsFile)> Sockets)
{
    internal const byte Ready = (byte)'R';
    internal const byte Given = (byte)'G';

    private const string FirstLine = "argosy-listeners 1";
    private const string Refused = "refused ";
    private const int LongestText = 64 * 1024;

    /// <summary>The text of a refusal.</summary>
    internal static byte[] Refusal(string why) => Encoding.UTF8.GetBytes($"{Refused}{why}\n\n");

    /// <summary>The text that goes with the descriptors, which are in the same order.</summary>
    internal byte[] ToBytes()
    {
        var lines = Sockets.Select(socket => $"{socket.Name} {(socket.OwnsFile ? "own" : "keep")}");
        return Encoding.UTF8.GetBytes(string.Join('\n', [FirstLine, .. lines, "", ""]));
    }

    /// <summary>Reads text and descriptors, to the empty line. Blocks as long as the socket is set to.</summary>
    /// <exception cref="ConnectionException">Refused, cut short, too late, or nothing that this version understands.</exception>
    internal static HandOverMessage Receive(SafeHandle socket, List<int> descriptors)
    {
        var buffer = new byte[LongestText];
        var length = 0;
        while (!buffer.AsSpan(0, length).EndsWith("\n\n"u8))
        {
            var count = DescriptorPassing.Receive(socket, buffer.AsSpan(length), descriptors, out var isCut);
            if (count == -Errno.EAGAIN) throw Failed("the running process does not answer in time.");
            if (count < 0) throw ConnectionErrors.FromErrno(-count, "Taking over the listening sockets");
            if (count == 0) throw Failed("the running process ended or is stopping.");
            if (isCut) throw Failed("this process may not open as many descriptors as were sent.");
            length += count;
        }

        var message = Parse(Encoding.UTF8.GetString(buffer, 0, length - 2).Split('\n'));
        return message.Sockets.Count == descriptors.Count
            ? message
            : throw Failed($"{message.Sockets.Count} sockets were announced and {descriptors.Count} came.");
    }

    private static HandOverMessage Parse(string[] lines)
    {
        if (lines[0].StartsWith(Refused, StringComparison.Ordinal))
            throw new ConnectionException(ConnectionError.NotPermitted, $"Taking over the listening sockets: refused; {lines[0][Refused.Length..]}.");
        if (lines[0] != FirstLine) throw Failed("the running process speaks another version, or is no such server.");
        return new HandOverMessage([.. lines[1..].Select(line => line.Split(' ')).Select(words => words switch
        {
            [var name, "own"] => (name, true),
            [var name, "keep"] => (name, false),
            _ => throw Failed("a line of the offer cannot be understood."),
        })]);
    }

    private static ConnectionException Failed(string why) => new(ConnectionError.Failed, $"Taking over the listening sockets: {why}");
}
