using System.Net;

namespace Argosy.Sockets;

/// <summary>
/// A protocol's way to its peer. Nothing here waits: writes are kept and sent by the connection's own loop. Any thread may call
/// any of it at any time, so one connection's callback may write to others; after the end, calls have no effect.
/// </summary>
public sealed partial class Transport : IProducer
{
    /// <summary>Above this many waiting bytes a registered producer is paused.</summary>
    private const int HighWater = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly IConnection _connection;
    private readonly int _maxPending;
    private readonly WriteQueue _writes = new();
    private readonly CallQueue _calls = new();
    private IProducer? _producer;
    private bool _isPull;
    private bool _isProducerPaused;
    private bool _isProducerTold; // that it is paused
    private bool _isProducerDue; // the loop is to tell it to go on
    private int _teller; // the thread that tells it now, or 0
    private bool _isPaused;
    private bool _isResumed; // the loop is to tell the protocol
    private bool _isClosing;
    private bool _isFinishing;
    private Exception? _abortReason;
    private bool _isOver;
    private TaskCompletionSource<Exception?>? _ended; // made when somebody asks, so that most connections do without

    internal Transport(IConnection connection, int maxPending) => (_connection, _maxPending) = (connection, maxPending);

    /// <summary>Our side's address, or null where the transport has none.</summary>
    public EndPoint? LocalEndPoint => _connection.LocalEndPoint;

    /// <summary>The peer's address, or null where the transport has none.</summary>
    public EndPoint? RemoteEndPoint => _connection.RemoteEndPoint;

    /// <summary>The agreed encryption; null when the connection is plain.</summary>
    public TlsDetails? Tls => _connection.Tls();

    /// <summary>True after <see cref="LoseConnection"/>: nothing more is delivered.</summary>
    public bool IsClosing => _isClosing || _isOver || _abortReason is not null;

    /// <summary>
    /// Completes after <see cref="Protocol.ConnectionLost"/>, with what that was told: how code that is no protocol waits for a connection's end.
    /// Awaiting it resumes where the awaiting code runs, not among the callbacks.
    /// </summary>
    public Task<Exception?> Ended
    {
        get { lock (_lock) return (_ended ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task; }
    }

    /// <summary>Sends bytes, in the order of the calls. They are copied.</summary>
    public void Write(ReadOnlySpan<byte> data) => Write(data, default, default);

    /// <summary>Sends three pieces with nothing between them.</summary>
    internal void Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        lock (_lock)
        {
            if (_isOver || _isFinishing || _abortReason is not null) return;
            var pending = (long)_writes.Count + first.Length + second.Length + third.Length;
            if (pending > _maxPending)
            {
                Abort(new ConnectionException(
                    ConnectionError.Aborted, $"More than {_maxPending} bytes wait for a peer that reads slowly; use a producer, or raise MaxPendingBytes."));
                return;
            }

            _writes.Append(first);
            _writes.Append(second);
            _writes.Append(third);
            _isProducerPaused |= pending > HighWater && !_isPull && _producer is not null;
            Wake();
        }

        TellProducer();
    }

    /// <summary>Closes in good order once everything written has gone and no producer is registered. Nothing more is delivered.</summary>
    public void LoseConnection()
    {
        lock (_lock)
        {
            _isClosing = true;
            Wake();
        }
    }

    /// <summary>Half-close: once everything written has gone, the peer reads the end of the stream. Delivery goes on.</summary>
    public void FinishWriting()
    {
        lock (_lock)
        {
            _isFinishing = true;
            Wake();
        }
    }

    /// <summary>Ends the connection at once, with a reset. What has not been sent is lost.</summary>
    /// <param name="reason">What <see cref="Protocol.ConnectionLost"/> is told; null says that it was aborted.</param>
    public void AbortConnection(Exception? reason = null)
    {
        lock (_lock) Abort(reason ?? new ConnectionException(ConnectionError.Aborted, "The connection was aborted on our side."));
    }

    /// <summary>Stops delivery: what the peer sends waits in its own buffers, so that it has to stop too.</summary>
    public void PauseProducing()
    {
        lock (_lock)
        {
            _isPaused = true;
            Wake();
        }
    }

    /// <summary>Delivery goes on.</summary>
    public void ResumeProducing()
    {
        lock (_lock)
        {
            _isResumed |= _isPaused;
            _isPaused = false;
            Wake();
        }
    }

    /// <summary>
    /// Lets a producer feed this transport at the peer's pace. One that pushes is paused while more than 64 KiB wait and resumed when all is sent; one
    /// that is pulled is resumed whenever all is sent, and writes one piece each time. The connection closes only after <see cref="UnregisterProducer"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is one already.</exception>
    public void RegisterProducer(IProducer producer, bool isPull = false)
    {
        lock (_lock)
        {
            if (_producer is not null) throw new InvalidOperationException("A producer is registered already; unregister it first.");
            if (_isOver) return;
            (_producer, _isPull, _isProducerPaused, _isProducerTold, _isProducerDue) = (producer, isPull, false, false, isPull);
            Wake();
        }
    }

    /// <summary>The producer has made all it had.</summary>
    public void UnregisterProducer()
    {
        lock (_lock)
        {
            (_producer, _isProducerDue) = (null, false);
            Wake();
        }
    }

    /// <summary>Runs a call among this connection's callbacks, soon. The way in from other threads and connections.</summary>
    public void Post(Action call) => CallLater(TimeSpan.Zero, call);

    /// <summary>Runs a call among this connection's callbacks after a delay, unless the connection is over by then.</summary>
    public DelayedCall CallLater(TimeSpan delay, Action call)
    {
        var delayed = new DelayedCall(this, call);
        lock (_lock)
        {
            if (_isOver) return delayed;
            _calls.Add(delayed, delay);
            Wake();
        }

        return delayed;
    }

    /// <summary>Runs a call among this connection's callbacks every so often, until it is stopped or the connection is over.</summary>
    /// <param name="interval">From one call to the next, whatever the calls take: it does not drift, and what is late is left out, not made up for.</param>
    /// <param name="call">What throws ends the connection, as every callback does.</param>
    /// <param name="isFirstNow">Whether the first comes soon; otherwise it comes after one interval.</param>
    public RepeatedCall CallEvery(TimeSpan interval, Action call, bool isFirstNow = false) => new(this, interval, call, isFirstNow);

    internal bool IsPending(DelayedCall call)
    {
        lock (_lock) return _calls.Contains(call);
    }

    internal void Cancel(DelayedCall call)
    {
        lock (_lock) _calls.Remove(call);
    }

    internal void Reset(DelayedCall call, TimeSpan delay)
    {
        lock (_lock)
        {
            if (!_calls.Remove(call)) return;
            _calls.Add(call, delay);
            Wake();
        }
    }

    /// <summary>
    /// Tells the producer what it does not know yet. One thread at a time, and not under the lock, since a producer may call anything: said by two
    /// at once, the older word could come last, and the producer would wait for ever. What it is to know while it is being told, it is told after.
    /// </summary>
    private void TellProducer()
    {
        if (!_isProducerPaused && !_isProducerTold) return; // what nearly every write finds; who changes it comes here too
        var isNested = Volatile.Read(ref _teller) == Environment.CurrentManagedThreadId;
        try
        {
            while (TakeWord(isNested) is var (producer, isPaused))
            {
                if (isPaused) producer.PauseProducing();
                else producer.ResumeProducing();
            }
        }
        catch
        {
            if (!isNested) _teller = 0;
            throw;
        }
    }

    private (IProducer Producer, bool IsPaused)? TakeWord(bool isNested)
    {
        var self = Environment.CurrentManagedThreadId;
        lock (_lock)
        {
            if (_teller != 0 && _teller != self) return null; // it looks again
            if (_producer is null || _isProducerTold == _isProducerPaused)
            {
                if (!isNested) _teller = 0;
                return null;
            }

            (_teller, _isProducerTold) = (self, _isProducerPaused);
            return (_producer, _isProducerPaused);
        }
    }

    private void Abort(Exception reason)
    {
        if (_isOver) return;
        _abortReason ??= reason;
        _connection.Abort(); // also ends a write that the peer does not take
        Wake();
    }
}
