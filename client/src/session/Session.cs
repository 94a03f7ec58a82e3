using System.Collections.Concurrent;
using System.Threading.Channels;
using Argosy.Wire;

namespace Argosy.Client;

/// <summary>
/// One connection that any number of callers share: their requests leave one behind the other without waiting, replies come back in the
/// same order (docs/protocol.md section 2). One task writes, one reads; whatever breaks the connection fails everyone who waits.
/// </summary>
internal sealed class Session : IAsyncDisposable
{
    // How long the reader may look for the server's reason after a send has failed.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(3);

    private readonly Stream _stream;
    private readonly BlockingLine _line;
    private readonly string _server;
    private readonly TimeSpan _silence;
    private readonly Watch _watch;
    private readonly PauseDetector _pauses;
    private readonly CancellationTokenSource _closed = new();
    private readonly Channel<Exchange> _queue = Channel.CreateUnbounded<Exchange>(new() { SingleReader = true });
    private readonly ConcurrentQueue<Exchange> _awaiting = new();
    private readonly ReplyReader _replies;
    private readonly Timer _timer;
    private readonly Task _tasks;
    private Exception? _failure;
    private long _lastId;

    public Session(Stream stream, string server, TimeSpan silence, TimeProvider? clock = null)
    {
        (_stream, _server, _silence) = (stream, server, silence);
        _watch = new Watch(clock ?? TimeProvider.System);
        _pauses = new PauseDetector(clock ?? TimeProvider.System, silence / 8);
        _line = BlockingLine.Of(stream, _closed.Token);
        _replies = new ReplyReader(stream, _line, _awaiting, _watch, server);
        _timer = new Timer(static session => ((Session)session!).Look(), this, silence / 8, silence / 8);
        _tasks = Task.Run(LiveAsync);
    }

    /// <summary>Cancelled when the connection is over.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>True once the connection is over.</summary>
    public bool IsOver => Volatile.Read(ref _failure) is not null;

    /// <summary>True where the connection is over and this process had stood still while it lived: the server gave up somebody who could not answer.</summary>
    public bool IsLostByPause { get; private set; }

    /// <summary>After login longer headers are allowed.</summary>
    public void AllowLongHeaders() => _replies.AllowLongHeaders();

    /// <summary>Sends a request and waits for its outcome.</summary>
    public async Task<T> RunAsync<T>(Exchange<T> exchange, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_queue.Writer.TryWrite(exchange))
            throw Ended();
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((Exchange)state!).Cancel(token), exchange).ConfigureAwait(false);
        return await exchange.Outcome.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        End(new ObjectDisposedException(nameof(FileClient)));
        await _tasks.ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        _closed.Dispose();
    }

    private async Task LiveAsync()
    {
        await Task.WhenAll(Task.Run(WriteAsync), Task.Run(ReadAsync)).ConfigureAwait(false);
        while (_awaiting.TryDequeue(out var exchange))
            exchange.Fail(Ended());
        while (_queue.Reader.TryRead(out var exchange))
            exchange.Fail(Ended());
    }

    private async Task WriteAsync()
    {
        var output = new FrameOutput(_stream, _line, _watch, _closed.Token);
        try
        {
            while (await _queue.Reader.WaitToReadAsync(_closed.Token).ConfigureAwait(false))
            {
                while (_queue.Reader.TryRead(out var exchange))
                    await SendAsync(exchange, output).ConfigureAwait(false);
                await output.FlushAsync().ConfigureAwait(false);
            }
        }
        catch (IOException exception)
        {
            // The server may have said why before it closed; the reader finds that, or the end of the stream.
            _queue.Writer.TryComplete();
            await Task.Delay(LastWords, _closed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            End(Lost(exception));
        }
        catch (Exception exception)
        {
            End(exception);
        }
    }

    private async ValueTask SendAsync(Exchange exchange, FrameOutput output)
    {
        if (!exchange.TryBegin())
            return;
        try
        {
            output.Write(exchange.Asked = exchange.Describe(_lastId + 1));
        }
        catch (WireException exception)
        {
            exchange.Fail(new RefusedException("bad-name", $"A name is too long for the protocol. {exception.Message}"));
            return;
        }

        exchange.Id = ++_lastId;
        // The silence that the server may break begins with this request, not with the one before.
        _watch.Touch();
        _awaiting.Enqueue(exchange);
        await exchange.SendBodyAsync(output).ConfigureAwait(false);
        if (output.IsFull)
            await output.FlushAsync().ConfigureAwait(false);
    }

    private async Task ReadAsync()
    {
        try
        {
            await _replies.ReadAsync(_closed.Token).ConfigureAwait(false);
            End(Lost(null));
        }
        catch (IOException exception)
        {
            End(Lost(exception));
        }
        catch (Exception exception)
        {
            End(exception);
        }
    }

    private NotReachableException Lost(Exception? exception) => new(
        $"{_server} ended the connection. What was not confirmed is not done; try again.", exception);

    private void Look()
    {
        if (_pauses.Look() is var pause && pause > TimeSpan.Zero)
            _watch.Forgive(pause);
        var silence = _watch.Silence;
        if (!_awaiting.TryPeek(out var exchange))
        {
            // It owes no reply, but it has to take what it is sent: the rest of an upload that it refused, for one.
            if (_watch.IsSending && silence > _silence)
                End(new NotReachableException($"{_server} has taken nothing for {silence.TotalSeconds:0} s. Try again later."));
            return;
        }

        if (silence <= exchange.Patience(_silence))
            return;
        End(exchange.IsTransfer || !_replies.IsBetweenFrames
            ? new NotVerifiedException(
                $"{_server} fell silent for {silence.TotalSeconds:0} s in the middle of a transfer. Nothing unverified was kept; try again.")
            : new NotReachableException($"{_server} has been silent for {silence.TotalSeconds:0} s. Try again later."));
    }

    private Exception Ended() => _failure switch
    {
        ClientException known => known,
        ObjectDisposedException disposed => disposed,
        _ => Lost(_failure),
    };

    private void End(Exception exception)
    {
        // The end of the connection is often what is seen first after a pause.
        _pauses.Look();
        if (Interlocked.CompareExchange(ref _failure, exception, null) is not null)
            return;
        IsLostByPause = _pauses.HasPaused && exception is not ObjectDisposedException;
        _queue.Writer.TryComplete();
        _closed.Cancel();
        _stream.Dispose();
    }
}
