using System.Diagnostics;
using System.Net;

namespace Argosy.Sockets;

/// <summary>
/// Keeps one connection to a server: opens it, and opens it again whenever it is lost or cannot be had, with longer and longer waits. Each
/// connection gets a new protocol of the factory. Dispose it to end both the tries and the connection.
/// </summary>
/// <remarks>
/// A connection that was lost counts as a failure in the row, unless it lasted longer than the wait that its loss costs: a server that accepts and hangs
/// up is not called without end in short order, and one that restarts once a day is called back soon.
/// </remarks>
public sealed class ReconnectingClient : IAsyncDisposable
{
    /// <summary>How long a connection that is being ended may take to send what was written.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly ProtocolClient _client;
    private readonly EndPoint _address;
    private readonly ProtocolFactory _factory;
    private readonly BackOff _backOff;
    private readonly TimeSpan _connectLimit;
    private readonly CancellationTokenSource _ending = new();
    private volatile Protocol? _current;

    /// <summary>Begins at once.</summary>
    /// <param name="client">Opens the connections; it stays open when this is disposed.</param>
    /// <param name="address">Where to.</param>
    /// <param name="factory">Builds the protocols.</param>
    /// <param name="backOff">How long to wait between tries; null: from one second to one minute, for ever.</param>
    /// <param name="connectLimit">How long one try may take; null: 30 seconds.</param>
    /// <param name="onLost">Told why each try failed and each connection ended (null: in good order), before the wait. Any thread.
    /// What it throws ends the tries.</param>
    public ReconnectingClient(
        ProtocolClient client, EndPoint address, ProtocolFactory factory,
        BackOff? backOff = null, TimeSpan? connectLimit = null, Action<Exception?>? onLost = null)
    {
        (_client, _address, _factory, _backOff) = (client, address, factory, backOff ?? new BackOff());
        _connectLimit = connectLimit ?? TimeSpan.FromSeconds(30);
        Completion = Task.Run(() => RunAsync(onLost));
    }

    /// <summary>The protocol of the connection that is there now; null between two.</summary>
    public Protocol? Current => _current;

    /// <summary>Ends when this is disposed, or with the last failure when there were as many as <see cref="BackOff.MaxFailures"/>.</summary>
    public Task Completion { get; }

    /// <summary>Tries no more, and ends the connection in good order, or after five seconds without it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Completion.ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private async Task RunAsync(Action<Exception?>? onLost)
    {
        for (var failures = 1; !_ending.IsCancellationRequested; failures++)
        {
            var start = Stopwatch.GetTimestamp();
            var reason = await ServeOnceAsync();
            if (_ending.IsCancellationRequested) return;
            if (Stopwatch.GetElapsedTime(start) is var lasted && !reason.Failed && lasted > _backOff.Delay(failures, 0.5)) failures = 1;
            onLost?.Invoke(reason.Error);
            if (failures >= _backOff.MaxFailures) throw GivenUp(failures, reason.Error);
            await WaitAsync(_backOff.Delay(failures, Random.Shared.NextDouble()));
        }
    }

    /// <summary>One try, and the connection to its end where there was one.</summary>
    private async Task<(bool Failed, Exception? Error)> ServeOnceAsync()
    {
        try
        {
            var protocol = await _client.ConnectAsync(_address, _factory, Deadline.After(_connectLimit), _ending.Token);
            _current = protocol;
            return (false, await EndAsync(protocol.Transport));
        }
        catch (Exception e)
        {
            // What a factory or a protocol throws while a connection begins is here as well: it must not end the tries without a word.
            return (true, e);
        }
        finally
        {
            _current = null;
        }
    }

    private async Task<Exception?> EndAsync(Transport transport)
    {
        try
        {
            return await transport.Ended.WaitAsync(_ending.Token);
        }
        catch (OperationCanceledException) when (!transport.Ended.IsCompleted)
        {
            transport.LoseConnection();
        }

        if (await Task.WhenAny(transport.Ended, Task.Delay(EndLimit)) != transport.Ended) transport.AbortConnection();
        return await transport.Ended;
    }

    private async Task WaitAsync(TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, _ending.Token);
        }
        catch (OperationCanceledException)
        {
            // The loop looks.
        }
    }

    private static ConnectionException GivenUp(int failures, Exception? last) => new(
        (last as ConnectionException)?.Error ?? ConnectionError.Failed,
        $"No connection could be kept in {failures} tries; the last ended with: {last?.Message ?? "an end in good order"}", last);
}
