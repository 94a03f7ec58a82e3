using System.Net;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>
/// What is the same for datagrams under every model: a bounded queue between the receiving loop, which never waits for a handler, and the
/// workers.
/// </summary>
internal sealed class DatagramDispatcher(
    DatagramServerOptions options, Func<DatagramContext, ValueTask> handle, Action<Exception, EndPoint?> onError, ILogger logger)
{
    private const int ReceivesInARow = 64; // then other sockets get their turn

    private readonly DatagramQueue _queue = new(options.QueueCapacity);
    private readonly CancellationTokenSource _stopping = new();
    private long _nextDropLog;
    private volatile bool _isAborted;

    internal ILogger Logger => logger;

    internal DatagramCounters Counters { get; } = new();

    internal CancellationToken Stopping => _stopping.Token;

    internal int Workers { get; } = options.Workers ?? options.Model.Datagrams!.DefaultWorkers;

    /// <summary>A buffer for one receiving loop.</summary>
    internal byte[] NewBuffer() => new byte[options.MaxDatagram];

    /// <summary>Queues what the socket holds, up to a fair share; never waits. Returns how long to leave the socket alone: zero but after a failure.</summary>
    internal TimeSpan ReceiveFrom(DatagramSocket socket, byte[] buffer)
    {
        Span<byte> address = stackalloc byte[DatagramSocket.MaxAddress];
        for (var i = 0; i < ReceivesInARow; i++)
        {
            var length = socket.TryReceive(buffer, address, out var addressLength);
            if (length == -Errno.EAGAIN) break;
            if (length == -Errno.ECONNREFUSED) continue; // udp(7): about something sent earlier
            if (length < 0)
            {
                Log.ReceiveFails(logger, socket.LocalEndPoint, ConnectionErrors.Meaning(-length));
                return TimeSpan.FromSeconds(1);
            }

            var held = Math.Min(length, buffer.Length);
            Counters.OnReceived(isTruncated: held < length);
            Queue(ReceivedDatagram.Copy(socket, buffer.AsSpan(0, held), length, address[..addressLength]));
        }

        return TimeSpan.Zero;
    }

    /// <summary>One worker: handles what is queued, one datagram after another, until the queue is closed and empty. Never throws.</summary>
    internal async ValueTask WorkAsync()
    {
        var (context, worker) = (new DatagramContext(this), new DatagramQueue.Worker());
        while (await _queue.TakeAsync(worker) is { } datagram)
        {
            if (_isAborted) Counters.OnDropped();
            else await HandleAsync(context, datagram);
            datagram.Release();
        }
    }

    internal bool TrySend(DatagramSocket socket, ReadOnlySpan<byte> data, ReadOnlySpan<byte> address)
    {
        try
        {
            return socket.TrySend(data, address);
        }
        catch (ObjectDisposedException)
        {
            return false; // the server has stopped without its handler
        }
    }

    /// <summary>Takes nothing more; the workers end when the queue is empty.</summary>
    internal Task BeginDrainAsync()
    {
        _queue.Close();
        return _stopping.CancelAsync();
    }

    /// <summary>What is still queued is dropped.</summary>
    internal void Abort() => _isAborted = true;

    private async ValueTask HandleAsync(DatagramContext context, ReceivedDatagram datagram)
    {
        context.Begin(datagram);
        try
        {
            await handle(context);
        }
        catch (Exception e)
        {
            Fail(context.Sender, e);
        }

        context.End();
        Counters.OnHandled();
    }

    private void Queue(ReceivedDatagram datagram)
    {
        if (_queue.TryAdd(datagram)) return;
        var count = Counters.OnDropped();
        var now = Environment.TickCount64;
        if (now >= Interlocked.Read(ref _nextDropLog)) // one line per second, however many there are
        {
            Interlocked.Exchange(ref _nextDropLog, now + 1000);
            Log.Dropped(logger, datagram.Socket.LocalEndPoint, count);
        }

        datagram.Release();
    }

    private void Fail(EndPoint? sender, Exception error)
    {
        Counters.OnFailed();
        Log.DatagramHandlerFailed(logger, sender, error);
        try
        {
            onError(error, sender);
        }
        catch (Exception e)
        {
            Log.OnErrorFailed(logger, e);
        }
    }
}
