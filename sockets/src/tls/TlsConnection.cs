using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Runtime.CompilerServices;

namespace Argosy.Sockets;

/// <summary>
/// TLS over any connection. SslStream only ever awaits the connection beneath, so under a blocking model nothing here leaves the
/// handler's thread either.
/// </summary>
internal sealed class TlsConnection : StreamConnection
{
    private const int LargestRecord = 16 * 1024; // plaintext of one record, RFC 8446 section 5.1
    private const int Flow = LargestRecord / 2; // who sends so much at once sends more

    /// <summary>How long a close waits for room to say close_notify to a peer that does not read.</summary>
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(2);

    private readonly IConnection _connection;
    private readonly SslStream _tls;
    private readonly TlsTransportStream _transport;
    private bool _mayHoldInput = true; // whether SslStream may have decrypted or complete records in its own buffers
    private bool _isWriteShut;
    private ConnectionException? _failure; // met behind bytes that had to be handed on first, or by a look; it stays
    private int _isReading;
    private int _isWriting;

    internal TlsConnection(IConnection connection, SslStream tls, TlsTransportStream transport)
    {
        (_connection, _tls, _transport) = (connection, tls, transport);
        Details = new TlsDetails(tls);
        if (connection is StreamConnection transportConnection) transportConnection.Layer = this;
    }

    internal TlsDetails Details { get; }

    public override EndPoint? LocalEndPoint => _connection.LocalEndPoint;

    public override EndPoint? RemoteEndPoint => _connection.RemoteEndPoint;

    public override PeerCredentials? PeerCredentials => _connection.PeerCredentials;

    public override bool IsPlain => false;

    public override bool HasHungUp => _connection.HasHungUp;

    public override Deadline ReadDeadline
    {
        get => _connection.ReadDeadline;
        set => _connection.ReadDeadline = value;
    }

    public override Deadline WriteDeadline
    {
        get => _connection.WriteDeadline;
        set => _connection.WriteDeadline = value;
    }

    internal override int Descriptor => Transport.Descriptor;

    internal override StreamConnection Transport =>
        (_connection as StreamConnection)?.Transport
        ?? throw new NotSupportedException($"A {_connection.GetType().Name} cannot be waited on with others.");

    internal override bool IsOver => HasEnded || _connection is StreamConnection { IsOver: true };

    internal override bool CanTry => _connection is StreamConnection { CanTry: true };

    internal override bool IsTurnOver => Transport.IsTurnOver;

    [AsyncMethodBuilder(typeof(InlineMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        ThrowIfReadDue(cancellation);
        if (!PushedBack.IsEmpty) return PushedBack.Take(buffer.Span);
        Enter(ref _isReading);
        try
        {
            if (_failure is not null) throw _failure;
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
            Volatile.Write(ref _isReading, 0);
        }
    }

    [AsyncMethodBuilder(typeof(InlineMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation = default)
    {
        ThrowIfWriteDue(cancellation);
        if (data.IsEmpty) return;
        Enter(ref _isWriting);
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
            Volatile.Write(ref _isWriting, 0);
        }
    }

    public override async ValueTask ShutdownWriteAsync()
    {
        await SayGoodbyeAsync();
        await _connection.ShutdownWriteAsync();
    }

    public override async ValueTask LingerAsync(TimeSpan limit)
    {
        WriteDeadline = Deadline.Earlier(WriteDeadline, Deadline.After(limit));
        await TrySayGoodbyeAsync();
        if (TryEnd()) await _connection.LingerAsync(limit); // what is discarded need not be decrypted
        await DisposeAsync();
    }

    public override void Abort()
    {
        TryEnd();
        _connection.Abort();
    }

    public override async ValueTask DisposeAsync()
    {
        if (TryEnd())
        {
            WriteDeadline = Deadline.Earlier(WriteDeadline, Deadline.After(GoodbyeLimit));
            await TrySayGoodbyeAsync();
        }

        if (_connection is StreamConnection beneath) beneath.Layer = null;
        await _connection.DisposeAsync();
        await _tls.DisposeAsync(); // after an abort too, which may come from a thread that must not touch it
    }

    /// <summary>
    /// The transport being readable is not enough: it may bring half a record, or one without content. So a record is read, without
    /// waiting, and put back.
    /// </summary>
    internal override bool IsReadable()
    {
        if (HasBufferedInput || IsOver || _failure is not null) return true;
        if (!MayHoldInput) return false;
        var record = ArrayPool<byte>.Shared.Rent(LargestRecord + 1);
        try
        {
            var count = TryRead(record);
            if (count == -Errno.EAGAIN) return false;
            Unread(record.AsSpan(0, count));
            return true;
        }
        catch (ConnectionException)
        {
            return true; // reading will say so
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(record);
        }
    }

    internal override async ValueTask WaitReadableAsync(CancellationToken cancellation)
    {
        while (!IsReadable()) await Transport.WaitReadableAsync(cancellation);
    }

    internal override ValueTask WaitForInputAsync() =>
        HasBufferedInput || _failure is not null || (_mayHoldInput && !IsTurnOver) ? ValueTask.CompletedTask : Transport.WaitForInputAsync();

    internal override void Poke() => Transport.Poke();

    internal override int TryRead(Memory<byte> buffer)
    {
        if (!PushedBack.IsEmpty) return PushedBack.Take(buffer.Span);
        if (IsOver) throw ConnectionErrors.Ended($"Reading from {PeerName}");
        if (_failure is not null) throw _failure;
        return MayHoldInput ? ReadNow(buffer) : -Errno.EAGAIN;
    }

    /// <summary>Whether trying is worth while: what would wait is told by an exception.</summary>
    private bool MayHoldInput => _mayHoldInput || Transport.IsReadable();

    /// <summary>
    /// What else has arrived, as a read without TLS would take it: SslStream asks the transport once and hands on a record or two of a flow.
    /// </summary>
    private int ReadOn(Memory<byte> room)
    {
        var count = 0;
        try
        {
            while (CanTry && room.Length - count >= LargestRecord && MayHoldInput && ReadNow(room[count..]) is > 0 and var more) count += more;
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
    private int ReadNow(Memory<byte> room)
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
            _mayHoldInput = false;
            return -Errno.EAGAIN;
        }
        catch (Exception e)
        {
            var told = TlsErrors.Translate(e, $"Reading from {PeerName} over TLS");
            _failure = told as ConnectionException;
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
        _mayHoldInput = count == room || count == 0;
    }

    private static void Enter(ref int isTaken)
    {
        if (Interlocked.Exchange(ref isTaken, 1) != 0) throw ConnectionErrors.OneAtATime();
    }

    private async ValueTask SayGoodbyeAsync()
    {
        if (_isWriteShut || IsWriteCut) return;
        try
        {
            await _tls.ShutdownAsync();
            _isWriteShut = true;
        }
        catch (Exception e)
        {
            throw TlsErrors.Translate(e, $"Ending the TLS stream to {PeerName}");
        }
    }

    private async ValueTask TrySayGoodbyeAsync()
    {
        try
        {
            await SayGoodbyeAsync();
        }
        catch (Exception e) when (e is ConnectionException or TimeoutException)
        {
            // The peer is gone or does not read: it cannot hear a goodbye.
        }
    }
}
