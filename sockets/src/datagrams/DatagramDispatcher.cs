using System.Net;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>
/// What is the same for datagrams under every model: a bounded queue between the receiving loop, which never waits for a handler, and the
/// workers.
/// </summary>
internal sealed class DatagramDispatcher(
    DatagramServerOptions options, Func<DatagramContext, ValueTask> handle, Action<Exception, EndPoint?> onError, ILogger logger,
    DatagramCounters? counters = null)
{
    /// <summary>How long a socket that fails is left alone.</summary>
    internal static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(1);

    private const int ReceivesInARow = 64; // then other sockets get their turn

    private readonly DatagramQueue _queue = new(options.QueueCapacity);
    private readonly CancellationTokenSource _stopping = new();
    private long _nextDropLog;
    private volatile bool _isAborted;

    internal ILogger Logger => logger;

    internal DatagramServerOptions Options => options;

    internal DatagramCounters Counters { get; } = counters ?? new();

    /// <summary>What worker processes know this server by.</summary>
    internal string ServerName { get; set; } = "";

    internal CancellationToken Stopping => _stopping.Token;

    internal bool HandlersMayBlock { get; } = options.Model.HandlersMayBlock;

    /// <summary>How many datagrams are handled at once, at most.</summary>
    internal int Workers { get; } = options.Model.Datagrams!.WorkersFor(options);

    /// <summary>What worker processes keep to.</summary>
    internal DatagramLimits Limits => new(options.MaxDatagram, options.QueueCapacity, Workers);

    /// <summary>Called by the receiving loop when a datagram has found no idle worker: a model whose workers come as needed gets one more.</summary>
    internal Action? NoneIdle { private get; set; }

    /// <summary>How a model serves datagrams elsewhere; null where the handler runs here.</summary>
    internal Func<ReceivedDatagram, ValueTask>? Elsewhere { private get; set; }

    /// <summary>Called when a handler has ended and all is counted.</summary>
    internal Action? Finished { private get; set; }

    /// <summary>A buffer for one receiving loop.</summary>
    internal ReceiveBuffer NewBuffer() => new(options.MaxDatagram);

    /// <summary>Queues what the socket holds, up to a fair share. It never waits.</summary>
    internal ReceiveOutcome ReceiveFrom(DatagramSocket socket, ReceiveBuffer buffer)
    {
        for (var i = 0; i < ReceivesInARow; i++)
        {
            var error = -socket.TryReceive(buffer);
            if (error == Errno.EAGAIN) return ReceiveOutcome.Drained;
            if (error == Errno.ECONNREFUSED) continue; // udp(7): about something sent earlier
            if (error != 0)
            {
                Log.ReceiveFails(logger, socket.LocalEndPoint, ConnectionErrors.Meaning(error));
                return ReceiveOutcome.Failed;
            }

            Take(buffer.Copy(socket));
        }

        return ReceiveOutcome.More;
    }

    /// <summary>Counts and queues one datagram. It never waits.</summary>
    internal void Take(ReceivedDatagram datagram)
    {
        Counters.OnReceived(datagram.Length > datagram.Held);
        var place = _queue.Add(datagram);
        if (place == QueuePlace.None) Drop(datagram);
        if (place != QueuePlace.Worker) NoneIdle?.Invoke();
    }

    /// <summary>One worker: handles what is queued, one datagram after another, until the queue is closed and empty. Never throws.</summary>
    internal async ValueTask WorkAsync()
    {
        var (context, worker) = (new DatagramContext(this), new DatagramQueue.Worker());
        while (await _queue.TakeAsync(worker) is { } datagram)
        {
            if (EventLoop.Current is { } loop && !loop.TrySpend()) await Task.Yield(); // others live on the loop too
            if (_isAborted) Counters.OnDropped();
            else if (Elsewhere is { } serve) await serve(datagram);
            else await HandleAsync(context, datagram);
            datagram.Release();
        }
    }

    internal bool TrySend(DatagramSocket socket, ReadOnlySpan<byte> data, ReadOnlySpan<byte> address, ReadOnlySpan<byte> from)
    {
        try
        {
            return socket.TrySend(data, address, from);
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
        return SignalStoppingAsync();
    }

    /// <summary>Tells the handlers. Never throws.</summary>
    internal async Task SignalStoppingAsync()
    {
        try
        {
            await _stopping.CancelAsync();
        }
        catch (Exception e)
        {
            Log.StoppingCallbackFailed(logger, e);
        }
    }

    /// <summary>Drops what is still queued.</summary>
    internal void Abort()
    {
        _isAborted = true;
        while (_queue.TryTake(out var datagram))
        {
            Counters.OnDropped();
            datagram.Release();
        }
    }

    /// <summary>A handler threw: counts, and tells the server's owner.</summary>
    internal void Fail(EndPoint? sender, Exception error)
    {
        Counters.OnFailed();
        Report(sender, error);
    }

    /// <summary>Tells the server's owner of a failure that is counted already.</summary>
    internal void Report(EndPoint? sender, Exception error)
    {
        if (error is WorkerDiedException) Log.WorkerDied(logger, error.Message);
        else Log.DatagramHandlerFailed(logger, sender, error);
        try
        {
            onError(error, sender);
        }
        catch (Exception e)
        {
            Log.OnErrorFailed(logger, e);
        }
    }

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
        Finished?.Invoke();
    }

    private void Drop(ReceivedDatagram datagram)
    {
        var count = Counters.OnDropped();
        var now = Environment.TickCount64;
        if (now >= Interlocked.Read(ref _nextDropLog)) // one line per second, however many there are
        {
            Interlocked.Exchange(ref _nextDropLog, now + 1000);
            Log.Dropped(logger, datagram.Socket.LocalEndPoint, count);
        }

        datagram.Release();
    }
}

/// <summary>Why a receiving loop stopped receiving from a socket.</summary>
internal enum ReceiveOutcome
{
    /// <summary>It holds nothing more: wait until it is readable.</summary>
    Drained,

    /// <summary>It has had its share and may hold more: come again after the others.</summary>
    More,

    /// <summary>It fails: leave it alone for <see cref="DatagramDispatcher.FailurePause"/>.</summary>
    Failed,
}
