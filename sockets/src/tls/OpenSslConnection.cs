using System.Runtime.CompilerServices;
using Argosy.Kernel;

namespace Argosy.Sockets;

/// <summary>TLS by OpenSSL itself, over a descriptor: one receive serves many records, many records leave by one send, and only the transport waits.</summary>
internal sealed class OpenSslConnection(DescriptorConnection connection, TlsEngine engine, TlsDetails details) : TlsConnection(connection, details)
{
    private readonly DescriptorTransport _transport = new(connection, isAtOnce: false);
    private readonly DescriptorTransport _atOnce = new(connection, isAtOnce: true);

    protected override bool HoldsInput => engine.HasInput;

    [AsyncMethodBuilder(typeof(InlineMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        ThrowIfReadDue(cancellation);
        if (!PushedBack.IsEmpty) return PushedBack.Take(buffer.Span);
        EnterRead();
        try
        {
            while (true)
            {
                var count = buffer.IsEmpty ? (IsReadable() ? 0 : -Errno.EAGAIN) : Take(buffer.Span, _transport);
                if (count >= 0) return count;
                await connection.WaitAsync(PollEvents.Read, cancellation);
                ThrowIfReadDue(cancellation);
            }
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
        var rest = data;
        var isWhole = false;
        try
        {
            while (!isWhole)
            {
                var (step, count) = engine.Write(_transport, rest.Span);
                rest = rest[count..];
                isWhole = step == TlsStep.Done && rest.IsEmpty;
                if (step == TlsStep.WantWrite) await connection.WaitAsync(PollEvents.Write, cancellation);
                else if (step != TlsStep.Done) throw Failure(step, "Writing to");
                if (!isWhole) ThrowIfWriteDue(cancellation);
            }
        }
        finally
        {
            if (!isWhole && rest.Length < data.Length) CutWrite();
            LeaveWrite();
        }
    }

    protected override int ReadNow(Memory<byte> room) => Take(room.Span, _atOnce);

    protected override async ValueTask SayGoodbyeAsync()
    {
        if (IsWriteShut || IsWriteCut) return;
        var step = engine.Shutdown(_transport);
        while (step == TlsStep.WantWrite)
        {
            await connection.WaitAsync(PollEvents.Write, CancellationToken.None);
            if (connection.WriteDeadline.HasPassed) throw new TimeoutException($"The write deadline of the connection with {PeerName} has passed.");
            step = engine.Send(_transport);
        }

        if (step != TlsStep.Done) throw Failure(step, "Ending the TLS stream to");
        IsWriteShut = true;
    }

    protected override ValueTask ReleaseAsync()
    {
        engine.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>What there is, or -EAGAIN. A failure behind bytes is kept for the next read.</summary>
    private int Take(Span<byte> buffer, DescriptorTransport transport)
    {
        if (ReadFailure is not null) throw ReadFailure;
        var (step, count) = engine.Read(transport, buffer);
        if (step is TlsStep.Failed or TlsStep.TransportFailed) ReadFailure = Failure(step, "Reading from");
        if (count > 0 || step == TlsStep.Done) return count;
        if (ReadFailure is not null) throw ReadFailure;
        if (step == TlsStep.WantRead) return -Errno.EAGAIN;
        Details.EndedInOrder = step == TlsStep.Closed;
        return 0;
    }

    private ConnectionException Failure(TlsStep step, string tried) => step == TlsStep.TransportFailed
        ? connection.Failure(engine.Errno, tried)
        : new ConnectionException(ConnectionError.Tls, $"{tried} {PeerName} over TLS failed: {engine.Error}.");
}

/// <summary>A descriptor as TLS sees it: first what was put back, then what the socket has.</summary>
internal sealed class DescriptorTransport(DescriptorConnection connection, bool isAtOnce) : ITlsTransport
{
    public int Receive(Span<byte> buffer) =>
        !connection.PushedBack.IsEmpty ? connection.PushedBack.Take(buffer)
        : isAtOnce ? connection.TryReceiveNow(buffer)
        : connection.TryReceive(buffer);

    public int Send(ReadOnlySpan<byte> data) => connection.TrySend(data);
}
