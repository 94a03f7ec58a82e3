using System.Buffers;
using System.Net;

namespace Argosy.Sockets;

/// <summary>What TLS over a connection is, whoever encrypts.</summary>
internal abstract class TlsConnection : StreamConnection
{
    protected const int LargestRecord = 16 * 1024; // plaintext of one record, RFC 8446 section 5.1

    /// <summary>How long a close waits for room to say close_notify to a peer that does not read.</summary>
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(2);

    private readonly IConnection _connection;
    private int _isReading;
    private int _isWriting;

    protected TlsConnection(IConnection connection, TlsDetails details)
    {
        (_connection, Details) = (connection, details);
        if (connection is StreamConnection transportConnection) transportConnection.Layer = this;
    }

    /// <summary>Met behind bytes that had to be handed on first, or by a look; it stays.</summary>
    protected ConnectionException? ReadFailure { get; set; }

    protected bool IsWriteShut { get; set; }

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
        await ReleaseAsync(); // after an abort too, which may come from a thread that must not touch it
    }

    /// <summary>
    /// The transport being readable is not enough: it may bring half a record, or one without content. So a record is read, without
    /// waiting, and put back.
    /// </summary>
    internal override bool IsReadable()
    {
        if (HasBufferedInput || IsOver || ReadFailure is not null) return true;
        if (!MayRead) return false;
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
        HasBufferedInput || ReadFailure is not null || (HoldsInput && !IsTurnOver) ? ValueTask.CompletedTask : Transport.WaitForInputAsync();

    internal override void Poke() => Transport.Poke();

    internal sealed override int TryRead(Memory<byte> buffer)
    {
        if (!PushedBack.IsEmpty) return PushedBack.Take(buffer.Span);
        if (IsOver) throw ConnectionErrors.Ended($"Reading from {PeerName}");
        if (ReadFailure is not null) throw ReadFailure;
        return MayRead ? ReadNow(buffer) : -Errno.EAGAIN;
    }

    /// <summary>Reads without waiting: a count, 0 at the end, -EAGAIN when nothing has arrived.</summary>
    protected abstract int ReadNow(Memory<byte> room);

    /// <summary>Whether there may be something to read above the transport.</summary>
    protected abstract bool HoldsInput { get; }

    /// <summary>Whether trying is worth while.</summary>
    protected bool MayRead => HoldsInput || Transport.IsReadable();

    /// <summary>Says that nothing more will follow (close_notify), once.</summary>
    protected abstract ValueTask SayGoodbyeAsync();

    /// <summary>Gives back what the encryption holds.</summary>
    protected abstract ValueTask ReleaseAsync();

    protected void EnterRead() => Enter(ref _isReading);

    protected void LeaveRead() => Volatile.Write(ref _isReading, 0);

    protected void EnterWrite() => Enter(ref _isWriting);

    protected void LeaveWrite() => Volatile.Write(ref _isWriting, 0);

    private static void Enter(ref int isTaken)
    {
        if (Interlocked.Exchange(ref isTaken, 1) != 0) throw ConnectionErrors.OneAtATime();
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
