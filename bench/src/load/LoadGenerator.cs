using System.Diagnostics;

namespace Argosy.Bench;

/// <summary>
/// Many clients on one thread over epoll(7), one message under way per connection: what <c>argosy bench load</c> runs, in a process
/// of its own, so that the server keeps its collector and its threads to itself.
/// </summary>
public sealed class LoadGenerator : IDisposable
{
    private const int ConnectingAtOnce = 64; // well below every server's backlog
    private const double WarmUpShare = 0.2;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private static readonly long TicksPerSecond = Stopwatch.Frequency;

    private readonly LoadOptions _options;
    private readonly LoadSockets _sockets;
    private readonly Client[] _clients;
    private readonly LatencyHistogram _durations = new();
    private readonly byte[] _message = new byte[BenchProtocol.MessageBytes];
    private readonly byte[] _bullyMessage;
    private readonly int _answerBytes;
    private long _bytes;
    private long _from;
    private long _to;

    /// <param name="options">What to do.</param>
    /// <exception cref="PlatformNotSupportedException">It makes calls of Linux.</exception>
    public LoadGenerator(LoadOptions options)
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("The load generator needs Linux.");
        _options = options;
        _sockets = new LoadSockets(options.To);
        _clients = new Client[options.Connections + (options.Bully == Bully.None ? 0 : 1)];
        Array.Fill(_message, options.Kind == LoadKind.Download ? BenchProtocol.File : BenchProtocol.Echo);
        _answerBytes = options.Kind == LoadKind.Download ? BenchProtocol.FileBytes : BenchProtocol.MessageBytes;
        _bullyMessage = new byte[options.Bully == Bully.Slow ? 16 * 1024 : BenchProtocol.MessageBytes];
        Array.Fill(_bullyMessage, options.Bully == Bully.Slow ? BenchProtocol.Echo : BenchProtocol.Burn);
    }

    private bool ComesAndGoes => _options.Kind is LoadKind.Visits or LoadKind.Download;

    /// <summary>Does it.</summary>
    /// <exception cref="BenchException">The server refused, broke off or did not serve.</exception>
    public LoadResult Run()
    {
        if (!ComesAndGoes) ConnectAll();
        if (_options.Kind == LoadKind.Idle) return new LoadResult { Connections = _options.Connections };
        _from = Stopwatch.GetTimestamp() + (long)(_options.Time.TotalSeconds * WarmUpShare * TicksPerSecond);
        _to = _from + (long)(_options.Time.TotalSeconds * TicksPerSecond);
        Begin();
        while (Stopwatch.GetTimestamp() < _to || TryExtend())
        {
            var count = _sockets.Wait(milliseconds: 100);
            for (var i = 0; i < count; i++) OnReady(_sockets.Ready(i));
        }

        return new LoadResult
        {
            Connections = _options.Connections,
            Seconds = (_to - _from) / (double)TicksPerSecond,
            Count = _durations.Count,
            Bytes = _bytes,
            Median = _durations.Percentile(0.5),
            P99 = _durations.Percentile(0.99),
            P999 = _durations.Percentile(0.999),
        };
    }

    /// <summary>Closes all connections.</summary>
    public void Dispose()
    {
        foreach (var client in _clients)
        {
            if (client.Socket > 0) _sockets.Close(client.Socket);
        }

        _sockets.Dispose();
    }

    /// <summary>Connects all, a few at a time, each with one round trip: a connection counts when it is served, not when it is accepted.</summary>
    private void ConnectAll()
    {
        var (begun, done, clock) = (0, 0, Stopwatch.StartNew());
        while (done < _clients.Length)
        {
            while (begun < _clients.Length && begun - done < ConnectingAtOnce) Connect(begun++);
            var count = _sockets.Wait(milliseconds: 100);
            if (clock.Elapsed > ConnectLimit)
                throw new BenchException($"only {done} of {_clients.Length} connections were served within {ConnectLimit.TotalSeconds:0} s");
            for (var i = 0; i < count; i++)
            {
                var (tag, events) = _sockets.Ready(i);
                if ((events & LoadSockets.Writable) != 0) Greet(tag);
                else if (TryTake(ref _clients[tag])) done++;
            }
        }
    }

    /// <summary>A figure needs one answer at least: where none came in the time given, it takes as much again, up to a limit.</summary>
    private bool TryExtend()
    {
        if (_durations.Count > 0 || _to - _from > AnswerLimit.TotalSeconds * TicksPerSecond) return false;
        _to += (long)(_options.Time.TotalSeconds * TicksPerSecond);
        return true;
    }

    private void Connect(int tag)
    {
        _clients[tag].Socket = _sockets.Connect();
        _sockets.Watch(_clients[tag].Socket, LoadSockets.Writable, tag);
    }

    /// <summary>It is connected, or was refused: sending tells.</summary>
    private void Greet(int tag)
    {
        _sockets.Change(_clients[tag].Socket, LoadSockets.Readable, tag);
        Send(ref _clients[tag]);
    }

    private void Begin()
    {
        var now = Stopwatch.GetTimestamp();
        for (var tag = 0; tag < _options.Connections; tag++)
        {
            _clients[tag].SentAt = now;
            if (ComesAndGoes) Connect(tag);
            else Send(ref _clients[tag]);
        }

        if (_options.Bully == Bully.None) return;
        var bully = _options.Connections;
        _sockets.Change(_clients[bully].Socket, _options.Bully == Bully.Slow ? LoadSockets.Writable : LoadSockets.Readable, bully);
        Annoy(ref _clients[bully]);
    }

    private void OnReady((int Tag, uint Events) ready)
    {
        ref var client = ref _clients[ready.Tag];
        if (ready.Tag == _options.Connections) Annoy(ref client);
        else if ((ready.Events & LoadSockets.Writable) != 0) Greet(ready.Tag);
        else if (TryTake(ref client)) Finish(ref client, ready.Tag);
    }

    private void Finish(ref Client client, int tag)
    {
        var now = Stopwatch.GetTimestamp();
        if (client.SentAt >= _from && now <= _to) _durations.Add((now - client.SentAt) * 1_000_000_000 / TicksPerSecond);
        client.SentAt = now;
        if (!ComesAndGoes)
        {
            Send(ref client);
            return;
        }

        _sockets.Close(client.Socket);
        Connect(tag);
    }

    private void Send(ref Client client)
    {
        client.Left = _answerBytes;
        if (!_sockets.TrySend(client.Socket, _message)) throw new BenchException("a new message did not fit into an empty socket");
    }

    /// <summary>Takes what has come; true when the answer is complete.</summary>
    private bool TryTake(ref Client client)
    {
        var count = _sockets.Receive(client.Socket, client.Left);
        if (count == 0) throw new BenchException("the server closed a connection");
        if (count < 0) return false;
        client.Left -= (int)count;
        var now = _options.Kind == LoadKind.Download ? Stopwatch.GetTimestamp() : _from;
        if (now >= _from && now <= _to) _bytes += count;
        return client.Left == 0;
    }

    /// <summary>The bully's next move.</summary>
    private void Annoy(ref Client client)
    {
        if (_options.Bully == Bully.Slow)
        {
            while (_sockets.TrySend(client.Socket, _bullyMessage))
            {
            }

            return;
        }

        if (client.Left > 0 && !TryTake(ref client)) return;
        client.Left = BenchProtocol.MessageBytes;
        _ = _sockets.TrySend(client.Socket, _bullyMessage);
    }

    private struct Client
    {
        public int Socket;
        public int Left;
        public long SentAt;
    }
}
