using System.Net;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography;

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
    private Exception? _failure; // met behind bytes that had to be handed on first

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

    [AsyncMethodBuilder(typeof(InlineMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        if (!PushedBack.IsEmpty) return PushedBack.Take(buffer.Span);
        ThrowIfDue(ReadDeadline, "read", cancellation);
        try
        {
            if (_failure is not null) throw _failure;
            var count = await _tls.ReadAsync(buffer, cancellation);
            if (count == 0 && !buffer.IsEmpty) Details.EndedInOrder = !_transport.HasEnded;

            // SslStream decrypts every complete record that it has room for: a buffer not filled means that it holds no more.
            _mayHoldInput = count == buffer.Length || count == 0;
            return count < Flow ? count : count + ReadOn(buffer[count..]);
        }
        catch (Exception e)
        {
            throw TlsErrors.Translate(e, $"Reading from {PeerName} over TLS");
        }
    }

    [AsyncMethodBuilder(typeof(InlineMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation = default)
    {
        ThrowIfWriteCut();
        ThrowIfDue(WriteDeadline, "write", cancellation);
        if (data.IsEmpty) return;
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
        if (HasBufferedInput) return true;
        if (!_mayHoldInput && !Transport.IsReadable()) return false;
        _transport.NeverWaits = true;
        try
        {
            var filling = FillAsync(CancellationToken.None);
            return filling.IsCompleted
                ? filling.GetAwaiter().GetResult()
                : throw new InvalidOperationException("A read that must not wait did.");
        }
        catch (WouldWaitException)
        {
            return _mayHoldInput = false;
        }
        finally
        {
            _transport.NeverWaits = false;
        }
    }

    internal override async ValueTask WaitReadableAsync(CancellationToken cancellation)
    {
        if (!HasBufferedInput) await FillAsync(cancellation);
    }

    /// <summary>
    /// What else has arrived, as a read without TLS would take it: SslStream asks the transport once and hands on a record or two of a flow.
    /// </summary>
    private int ReadOn(Memory<byte> room)
    {
        var count = 0;
        while (room.Length - count >= LargestRecord && TryReadNow(room[count..]) is > 0 and var more) count += more;
        return count;
    }

    private int TryReadNow(Memory<byte> room)
    {
        if (_connection is not StreamConnection { Transport: var transport } || !transport.IsReadable()) return 0;
        _transport.NeverWaits = true;
        try
        {
            var reading = _tls.ReadAsync(room);
            var count = reading.IsCompleted ? reading.GetAwaiter().GetResult() : throw new InvalidOperationException("A read that must not wait did.");
            _mayHoldInput = count == room.Length || count == 0;
            return count;
        }
        catch (WouldWaitException)
        {
            _mayHoldInput = false;
            return 0;
        }
        catch (TimeoutException)
        {
            return 0; // the deadline passed meanwhile: the next read has its own
        }
        catch (Exception failure) when (failure is IOException or AuthenticationException or CryptographicException)
        {
            _failure = failure;
            _mayHoldInput = true;
            return 0;
        }
        finally
        {
            _transport.NeverWaits = false;
        }
    }

    /// <summary>True when something can be read: content, which is put back, the end, or a failure that the next read will meet.</summary>
    private async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        var deadline = ReadDeadline;
        ReadDeadline = Deadline.Never; // waiting for readiness has a deadline of its own
        var record = System.Buffers.ArrayPool<byte>.Shared.Rent(LargestRecord + 1);
        try
        {
            Unread(record.AsSpan(0, await ReadAsync(record, cancellation)));
        }
        catch (ConnectionException)
        {
            // Reading will say so again.
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(record);
            ReadDeadline = deadline;
        }

        return true;
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

    private void ThrowIfDue(Deadline deadline, string operation, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (deadline.HasPassed) throw new TimeoutException($"The {operation} deadline of the connection with {PeerName} has passed.");
    }
}
