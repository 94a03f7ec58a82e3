using System.Buffers;
using System.Runtime.ExceptionServices;

namespace Argosy.Sockets;

/// <summary>
/// Runs a protocol as a handler: one loop reads, calls back and sends what was written, so callbacks cannot overlap, and a peer that
/// does not read is not read from either.
/// </summary>
internal sealed class ProtocolLoop
{
    private const int SmallestRead = 4 * 1024;
    private const int LargestRead = 64 * 1024;

    /// <summary>How long a peer may take to notice that we have closed.</summary>
    private static readonly TimeSpan LingerLimit = TimeSpan.FromSeconds(2);

    /// <summary>How often a loop that waits without reading looks whether the stopping server has aborted its connection.</summary>
    private static readonly TimeSpan AbortCheck = TimeSpan.FromMilliseconds(100);

    private readonly IConnection _connection;
    private readonly Protocol _protocol;
    private readonly Transport _transport;
    private readonly TimeSpan _writeTimeout;
    private readonly CancellationToken _stopping;
    private int _readSize = SmallestRead;

    private ProtocolLoop(ProtocolFactory factory, IConnection connection, Protocol protocol, CancellationToken stopping)
    {
        (_connection, _protocol, _stopping, _writeTimeout) = (connection, protocol, stopping, factory.WriteTimeout);
        _transport = protocol.Transport = new Transport(connection, factory.MaxPendingBytes);
        protocol.Factory = factory;
    }

    /// <summary>Serves the connection to its end. Throws what a callback threw; that the peer broke off is the protocol's alone to know.</summary>
    internal static async ValueTask RunAsync(
        ProtocolFactory factory, IConnection connection, CancellationToken stopping, Action<Protocol> made)
    {
        if (factory.Layer is not null) connection = await factory.Layer(connection);
        if (factory.BuildProtocol(connection) is not { } protocol)
        {
            connection.Abort();
            return;
        }

        var loop = new ProtocolLoop(factory, connection, protocol, stopping);
        await loop.RunAsync(made);
    }

    private async ValueTask RunAsync(Action<Protocol> made)
    {
        Exception? reason = null;
        using (_stopping.UnsafeRegister(static loop => ((ProtocolLoop)loop!).OnStopping(), this))
        {
            try
            {
                _protocol.ConnectionMade();
                made(_protocol);
                await LoopAsync();
                await _connection.LingerAsync(LingerLimit);
            }
            catch (Exception e)
            {
                reason = e is ConnectionException ? _transport.AbortReason ?? e : e; // what broke it, not what that broke
                _connection.Abort();
            }
        }

        _transport.End();
        try
        {
            _protocol.ConnectionLost(reason);
        }
        finally
        {
            _protocol.Release();
            _transport.TellEnded(reason);
        }

        if (reason is not (null or ConnectionException or TimeoutException or FramingException)) ExceptionDispatchInfo.Throw(reason);
    }

    private async ValueTask LoopAsync()
    {
        while (true)
        {
            CallBack();
            await SendAsync();
            switch (_transport.Next())
            {
                case LoopStep.Read:
                    await ReadAsync();
                    break;
                case LoopStep.Wait:
                    await WaitAsync();
                    break;
                case LoopStep.FinishWriting:
                    await _connection.ShutdownWriteAsync();
                    break;
                case LoopStep.Close:
                    return;
            }
        }
    }

    private void OnStopping() => _transport.Post(_protocol.Stopping);

    private void CallBack()
    {
        var last = _transport.LastCall;
        while (_transport.TakeDueCall(last) is { } delayed) delayed.Call();
        if (_transport.TakeResumed()) _protocol.Resumed();
        _transport.ResumeProducer();
    }

    private async ValueTask SendAsync()
    {
        while (_transport.TakeWrites() is { IsEmpty: false } chunk)
        {
            _connection.WriteDeadline = Deadline.After(_writeTimeout);
            await _connection.WriteAsync(chunk);
        }
    }

    private async ValueTask ReadAsync()
    {
        int count;
        try
        {
            count = _connection is StreamConnection { CanTry: true } ours ? await ReadAsync(ours) : await ReadForeignAsync();
        }
        finally
        {
            _transport.StopWaiting();
        }

        if (count != 0) return;
        _transport.OnInputEnded();
        _protocol.InputEnded();
    }

    /// <summary>
    /// Delivers what there is, once it is there: a count; 0 at the end; negative when the wait was over for another reason, a call that is due or
    /// somebody who called. While it waits it holds no buffer.
    /// </summary>
    private async ValueTask<int> ReadAsync(StreamConnection connection)
    {
        var count = connection.IsTurnOver ? -Errno.EAGAIN : Deliver(connection);
        if (count != -Errno.EAGAIN) return count;
        await connection.WaitForInputAsync();
        return Deliver(connection);
    }

    private int Deliver(StreamConnection connection)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(_readSize);
        try
        {
            var count = connection.TryRead(buffer);
            if (count > 0) Deliver(buffer, count);
            return count;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A connection of somebody else's making knows one way to wake a read: its deadline.</summary>
    private async ValueTask<int> ReadForeignAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(_readSize);
        try
        {
            var count = await TryReadForeignAsync(buffer);
            if (count > 0) Deliver(buffer, count);
            return count;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<int> TryReadForeignAsync(byte[] buffer)
    {
        try
        {
            return await _connection.ReadAsync(buffer);
        }
        catch (TimeoutException)
        {
            return -Errno.EAGAIN;
        }
    }

    private void Deliver(byte[] buffer, int count)
    {
        _transport.StopWaiting();
        if (count == buffer.Length) _readSize = Math.Min(LargestRead, 2 * buffer.Length);
        else if (count < buffer.Length / 4) _readSize = SmallestRead;
        _protocol.DataReceived(buffer.AsSpan(0, count));
    }

    private async ValueTask WaitAsync()
    {
        await _transport.WaitAsync(_stopping.IsCancellationRequested ? AbortCheck : Timeout.InfiniteTimeSpan);
        _transport.StopWaiting();
        if (_connection is StreamConnection { Transport.HasEnded: true })
            throw new ConnectionException(ConnectionError.Aborted, "The connection was aborted on our side.");
    }
}
