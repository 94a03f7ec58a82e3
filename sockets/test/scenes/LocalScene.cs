using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Argosy.Sockets.Tests;

/// <summary>The test's own end of a scene; also the handler's, where that runs in the same process.</summary>
public sealed class LocalScene(IReadOnlyDictionary<string, string> arguments) : Scene(arguments)
{
    private readonly Channel<string> _reports = Channel.CreateUnbounded<string>();
    private readonly ConcurrentDictionary<string, ManualResetEventSlim> _signals = new();

    public ConcurrentQueue<string> LogLines { get; } = new();

    public override void Report(string what) => _reports.Writer.TryWrite(what);

    public override void WaitFor(string signal) => SignalOf(signal).Wait(TimeSpan.FromSeconds(20));

    public override void Log(string line) => LogLines.Enqueue(line);

    public void Signal(string signal) => SignalOf(signal).Set();

    /// <summary>The next report, in the order of reporting.</summary>
    public async Task<string> NextAsync() => await _reports.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>What has been reported and not been read.</summary>
    public List<string> Reported()
    {
        var all = new List<string>();
        while (_reports.Reader.TryRead(out var report)) all.Add(report);
        return all;
    }

    private ManualResetEventSlim SignalOf(string signal) => _signals.GetOrAdd(signal, static _ => new ManualResetEventSlim());
}
