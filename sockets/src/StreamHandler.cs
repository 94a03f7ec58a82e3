using System.Text;

namespace Argosy.Sockets;

/// <summary>
/// A handler that reads and writes its connection as text or as a <see cref="System.IO.Stream"/>: Python's StreamRequestHandler with its rfile and wfile. Under every
/// model; only the asynchronous methods of the streams are to be used, which do not wait under a blocking model.
/// </summary>
/// <remarks>
/// <see cref="Input"/> reads ahead, so use it or <see cref="Stream"/> for reading, not both. A line has no limit here: from peers that nobody
/// vouches for, take lines through <see cref="FramedConnection"/> with a <see cref="LineFraming"/>.
/// </remarks>
public abstract class StreamHandler : ConnectionHandler
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private Stream? _stream;
    private StreamReader? _input;
    private StreamWriter? _output;

    /// <summary>The connection as bytes.</summary>
    public Stream Stream => _stream ??= OperationLimit is { } limit ? new TimedConnectionStream(Connection, limit) : Connection.AsStream();

    /// <summary>What the peer sends, as text in UTF-8 (rfile).</summary>
    public StreamReader Input => _input ??= new StreamReader(Stream, Utf8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);

    /// <summary>What the peer is sent, as text in UTF-8 (wfile). Every write leaves at once; set <see cref="StreamWriter.AutoFlush"/> to false to
    /// gather several, and await <see cref="StreamWriter.FlushAsync()"/> before waiting for an answer. What is left is sent at the end.</summary>
    public StreamWriter Output => _output ??= new StreamWriter(Stream, Utf8, leaveOpen: true) { AutoFlush = true, NewLine = "\n" };

    /// <summary>How long each read and each write may take (timeout); null, unless overridden: for ever. One that takes longer fails with
    /// <see cref="TimeoutException"/>.</summary>
    protected virtual TimeSpan? OperationLimit => null;

    /// <summary>Sends what <see cref="Output"/> has kept back. An override calls this.</summary>
    public override async ValueTask FinishAsync()
    {
        if (_output is null) return;
        try
        {
            await _output.FlushAsync();
        }
        catch (Exception e) when (e is ConnectionException or TimeoutException)
        {
            // The peer has gone, and HandleAsync has met that or did not care.
        }
    }
}
