using System.Buffers;
using Argosy.Sockets;
using Argosy.Wire;

namespace Argosy.Native;

/// <summary>Requests, taken off one connection (docs/protocol.md section 1) under the deadlines of section 4.</summary>
internal sealed class RequestReader : IDisposable
{
    private readonly FrameDecoder<Request> _decoder = new(SealMode.Undecided);
    private readonly Input _input;
    private readonly NativeOptions _options;

    public RequestReader(IConnection connection, Output output, NativeOptions options, CancellationToken stopping)
    {
        _input = new Input(connection, output);
        Audience = new Audience(connection, _input, output, stopping);
        _options = options;
        Body = new BodyReader(_decoder, _input, connection, options);
    }

    /// <summary>Whether anybody waits for the answers.</summary>
    public Audience Audience { get; }

    /// <summary>The present request's body.</summary>
    public BodyReader Body { get; }

    /// <summary>True where every frame carries a seal, ours too.</summary>
    public bool IsSealed => _decoder.Seal == SealMode.Required;

    /// <summary>Writes a frame as this connection's frames have to be.</summary>
    public void Encode(IMessage message, IBufferWriter<byte> output) => FrameEncoder.Write(output, message, IsSealed);

    /// <summary>Ends a chunked body as this connection's frames have to be.</summary>
    public void EncodeEnd(Trailer trailer, IBufferWriter<byte> output) => FrameEncoder.WriteEnd(output, trailer, IsSealed);

    /// <summary>Somebody has logged in: headers may be longer, and reads end with the session.</summary>
    /// <param name="ended">Fires when the session lost its right.</param>
    /// <param name="mayIgnoreReplies">True for clients that perhaps never read; see <see cref="Input.HoldReplies"/>.</param>
    public void AllowSession(CancellationToken ended, bool mayIgnoreReplies)
    {
        _decoder.HeaderCap = Limits.Header;
        _input.Ended = ended;
        _input.HoldReplies = mayIgnoreReplies;
    }

    /// <summary>The next request, or null at the end of the stream.</summary>
    /// <param name="idle">When its first byte has to be here.</param>
    /// <param name="login">When it has to be complete, in any case.</param>
    /// <param name="wake">Ends the wait for its first byte.</param>
    /// <exception cref="WireException">It is no request, or late: fatal.</exception>
    public async ValueTask<Request?> NextAsync(Deadline idle, Deadline login, CancellationToken wake)
    {
        try
        {
            if (_decoder.IsBetweenFrames && !await _input.WaitAsync(idle, wake))
                return null;
            Deadline frame = Deadline.Earlier(login, Deadline.After(_options.FrameTime));
            while (Step() != FrameItem.Header)
            {
                if (!await _input.ReceiveAsync(frame))
                    throw new ConnectionException(ConnectionError.Reset, "the client left within a request");
            }
        }
        catch (TimeoutException)
        {
            throw new WireException(WireError.Timeout, RequestText.TooSlow);
        }

        Body.Begin();
        return _decoder.Message;
    }

    /// <summary>The next request where all of its header is here, else null.</summary>
    /// <exception cref="WireException">It is no request: fatal.</exception>
    public Request? TryNext()
    {
        if (_input.Buffered.IsEmpty || Step() != FrameItem.Header)
            return null;
        Body.Begin();
        return _decoder.Message;
    }

    public void Dispose()
    {
        Body.Dispose();
        _input.Dispose();
    }

    private FrameItem Step()
    {
        FrameItem item = _decoder.Read(_input.Buffered.Span, out int consumed);
        _input.Consume(consumed);
        return item;
    }
}
