namespace Argosy.Sockets;

/// <summary>
/// A protocol of messages: a <see cref="LengthFraming"/> makes a receiver of length-prefixed messages, and any other <see cref="Framing"/> its own
/// kind. What comes behind the last message when the peer finishes is dropped.
/// </summary>
/// <param name="framing">How messages are told apart, and how long they may be.</param>
public abstract class MessageReceiver(Framing framing) : Protocol
{
    private readonly FrameBuffer _received = new(framing);
    private bool _isRaw;

    /// <summary>A message has arrived. It is valid until the method returns.</summary>
    protected abstract void MessageReceived(ReadOnlySpan<byte> message);

    /// <summary>Bytes have arrived after <see cref="SetRawMode"/>.</summary>
    protected virtual void RawDataReceived(ReadOnlySpan<byte> data)
    {
    }

    /// <summary>The peer sent something too long or malformed. Unless overridden, the connection is aborted with that reason. An override may
    /// answer, and must end the connection: where the next message would begin is unknown.</summary>
    protected virtual void MessageRefused(FramingException error) => Transport.AbortConnection(error);

    /// <summary>Sends a message. Any thread.</summary>
    /// <exception cref="ArgumentException">It is longer than the framing allows, or contains what would end it.</exception>
    public void SendMessage(ReadOnlySpan<byte> message)
    {
        Span<byte> prefix = stackalloc byte[Framing.MaxPrefix];
        Transport.Write(prefix[..framing.WritePrefix(message, prefix)], message, framing.Suffix.Span);
    }

    /// <summary>From here on bytes come as they are, to <see cref="RawDataReceived"/>: a body after its header.</summary>
    protected void SetRawMode() => _isRaw = true;

    /// <summary>From here on bytes are cut into messages again.</summary>
    /// <param name="rest">The part of the raw bytes just received that belongs to messages.</param>
    protected void SetMessageMode(ReadOnlySpan<byte> rest = default)
    {
        _isRaw = false;
        _received.Append(rest);
    }

    /// <summary>Forgets what has arrived and has not been delivered, and returns it: for a protocol that goes on in another way.</summary>
    protected byte[] ClearReceived()
    {
        var rest = _received.Rest.ToArray();
        _received.Dispose();
        return rest;
    }

    /// <inheritdoc/>
    protected internal sealed override void DataReceived(ReadOnlySpan<byte> data)
    {
        _received.Append(data);
        Deliver();
    }

    internal sealed override void Resumed() => Deliver();

    internal sealed override void Release() => _received.Dispose();

    private void Deliver()
    {
        while (Transport.MayDeliver && !_received.Rest.IsEmpty)
        {
            if (_isRaw) DeliverRaw();
            else if (!TryDeliverMessage()) break;
        }

        if (_received.Rest.IsEmpty) _received.Dispose(); // a connection that waits holds no buffer
    }

    private void DeliverRaw()
    {
        var data = _received.Rest.ToArray();
        _received.Dispose();
        RawDataReceived(data);
    }

    private bool TryDeliverMessage()
    {
        ReadOnlyMemory<byte> message;
        try
        {
            if (!_received.TryTake(out message)) return false;
        }
        catch (FramingException e)
        {
            MessageRefused(e);
            return false;
        }

        MessageReceived(message.Span);
        return true;
    }
}
