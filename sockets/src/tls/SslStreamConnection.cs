using System.Net.Security;
using System.Runtime.CompilerServices;

namespace Argosy.Sockets;

/// <summary>
/// TLS by SslStream, over any connection. It only ever awaits the connection beneath, so under a blocking model nothing here leaves the
/// handler's thread either.
/// </summary>
internal sealed class SslStreamConnection : TlsConnection
{
    private const int Flow = LargestRecord / 2; // who sends so much at once sends more

    private readonly SslStream _tls;
    private readonly TlsTransportStream _transport;
    private bool _holdsInput = true; // whether SslStream may have decrypted or complete records in its own buffers

    internal SslStreamConnection(IConnection connection, SslStream tls, TlsTransportStream transport)
        : base(connection, TlsDetails.Of(tls)) => (_tls, _transport) = (tls, transport);

    protected override bool HoldsInput => _holdsInput;

    [AsyncMethodBuilder(typeof(InlineMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        ThrowIfReadDue(cancellation);
        if (!PushedBack.IsEmpty) return PushedBack.Take(buffer.Span);
        EnterRead();
        try
        {
            if (ReadFailure is not null) throw ReadFailure;
            var count = await _tls.ReadAsync(buffer, cancellation);
            OnRead(count, buffer.Length);
            return count < Flow ? count : count + ReadOn(buffer[count..]);
        }
        catch (Exception e)
        {
            throw TlsErrors.Translate(e, $"Reading from {PeerName} over TLS");
        }
        finally
        {
            LeaveRead();
        }
    }

    [AsyncMethodBuilder(typeof(InlineMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation = default)
    {
        ThrowIfWriteDue(cancellation);
        if (data.IsEmpty) return;
        EnterWrite();
        try
        {
            IsWriteCut = true; // until it is known to be whole: half a record cannot be taken up again
            await _tls.WriteAsync(data, cancellation);
            IsWriteCut = false;
        }
        catch (Exception e)
        {
            throw TlsErrors.Translate(e, $"Writing to {PeerName} over TLS");
        }
        finally
        {
            LeaveWrite();
        }
    }

    /// <summary>
    /// What else has arrived, as a read without TLS would take it: SslStream asks the transport once and hands on a record or two of a flow.
    /// </summary>
    private int ReadOn(Memory<byte> room)
    {
        var count = 0;
        try
        {
            while (CanTry && room.Length - count >= LargestRecord && MayRead && ReadNow(room[count..]) is > 0 and var more) count += more;
        }
        catch (ConnectionException)
        {
            // The next read says so.
        }

        return count;
    }

    /// <summary>
    /// Reads without waiting, whatever the deadlines: they are those of reads that wait. Were one taken for a failure of the connection, the
    /// connection would be lost with it.
    /// </summary>
    protected override int ReadNow(Memory<byte> room)
    {
        _transport.NeverWaits = true;
        try
        {
            var reading = _tls.ReadAsync(room);
            var count = reading.IsCompleted ? reading.GetAwaiter().GetResult() : throw new InvalidOperationException("A read that must not wait did.");
            OnRead(count, room.Length);
            return count;
        }
        catch (WouldWaitException)
        {
            _holdsInput = false;
            return -Errno.EAGAIN;
        }
        catch (Exception e)
        {
            var told = TlsErrors.Translate(e, $"Reading from {PeerName} over TLS");
            ReadFailure = told as ConnectionException;
            throw told;
        }
        finally
        {
            _transport.NeverWaits = false;
        }
    }

    /// <summary>SslStream decrypts every complete record that it has room for: a buffer not filled means that it holds no more.</summary>
    private void OnRead(int count, int room)
    {
        if (count == 0 && room > 0) Details.EndedInOrder = !_transport.HasEnded;
        _holdsInput = count == room || count == 0;
    }

    protected override async ValueTask SayGoodbyeAsync()
    {
        if (IsWriteShut || IsWriteCut) return;
        try
        {
            await _tls.ShutdownAsync();
            IsWriteShut = true;
        }
        catch (Exception e)
        {
            throw TlsErrors.Translate(e, $"Ending the TLS stream to {PeerName}");
        }
    }

    protected override ValueTask ReleaseAsync() => _tls.DisposeAsync();
}
