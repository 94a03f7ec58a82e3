using System.Diagnostics;
using System.Net;
using System.Threading.Channels;
using Argosy.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Benchmarks.BufferedIo;

/// <summary>One run of one variant.</summary>
/// <param name="Rate">Bytes in a second.</param>
/// <param name="Cpu">Processor seconds of this process, the peer's not among them, for each GB (10^9 bytes).</param>
internal readonly record struct Sample(double Rate, double Cpu);

/// <summary>The server whose handlers are measured, and the peer beside it.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly Channel<Run> _runs = Channel.CreateUnbounded<Run>();
    private readonly Settings _settings;
    private readonly StreamServer _server;
    private readonly Process _peer;

    private Bench(Settings settings)
    {
        _settings = settings;
        var options = new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = settings.Model };
        _server = new StreamServer(options, HandleAsync);
        _server.OnError += (error, _) => Console.Error.WriteLine(error.Message);
        _server.Start();
        var port = ((IPEndPoint)_server.LocalEndPoints[0]).Port;
        _peer = Process.Start(Environment.ProcessPath!, ["peer", $"{port}"]);
    }

    internal static Bench Start(Settings settings) => new(settings);

    /// <summary>All variants in turn, round by round, so that what changes on the machine meanwhile meets all. The first round is discarded.</summary>
    internal async Task<IReadOnlyList<(Variant Variant, IReadOnlyList<Sample> Samples)>> MeasureAsync(VariantGroup group, CancellationToken ending)
    {
        var samples = group.Variants.Select(_ => new List<Sample>()).ToList();
        try
        {
            for (var round = 0; round <= _settings.Rounds; round++)
            {
                for (var i = 0; i < group.Variants.Count; i++)
                {
                    var sample = await RunAsync(group.Variants[i], ending);
                    if (round > 0) samples[i].Add(sample);
                }
            }
        }
        finally
        {
            foreach (var file in group.Variants.Select(variant => variant.File).OfType<string>()) File.Delete(file);
        }

        return [.. group.Variants.Zip(samples, (variant, all) => (variant, (IReadOnlyList<Sample>)all))];
    }

    public async ValueTask DisposeAsync()
    {
        _runs.Writer.Complete(); // the peer is told to leave
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _peer.WaitForExitAsync(limit.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        if (!_peer.HasExited) _peer.Kill();
        _peer.Dispose();
        await _server.DisposeAsync();
    }

    private async Task<Sample> RunAsync(Variant variant, CancellationToken ending)
    {
        var run = new Run(variant);
        await _runs.Writer.WriteAsync(run, ending);
        return await run.Done.Task.WaitAsync(TimeSpan.FromMinutes(5), ending);
    }

    private async ValueTask HandleAsync(HandlerContext context)
    {
        if (!await _runs.Reader.WaitToReadAsync() || !_runs.Reader.TryRead(out var run))
        {
            await context.Connection.WriteAsync(Peer.Order(Peer.Leave, 0));
            return;
        }

        try
        {
            run.Done.SetResult(await MeasureAsync(context.Connection, run.Variant));
        }
        catch (Exception e)
        {
            run.Done.SetException(e);
        }
    }

    private static async ValueTask<Sample> MeasureAsync(IConnection connection, Variant variant)
    {
        using var file = Open(variant);
        var (start, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await connection.WriteAsync(Peer.Order(variant.Order, variant.Bytes));
        var moved = await variant.MoveAsync(connection, file, variant.Bytes);
        if (variant.Order == Peer.Take) await connection.ReadAsync(new byte[1]); // it has all
        var (seconds, used) = (Stopwatch.GetElapsedTime(start).TotalSeconds, Environment.CpuUsage.TotalTime - cpu);
        if (moved != variant.Bytes) throw new InvalidOperationException($"{variant.Name}: {moved} bytes instead of {variant.Bytes}.");
        return new Sample(variant.Bytes / seconds, used.TotalSeconds / (variant.Bytes / 1e9));
    }

    /// <summary>What is sent is there before the clock runs; what is received overwrites what is there, so that no blocks are looked for.</summary>
    private static SafeFileHandle Open(Variant variant)
    {
        if (variant.File is null) return new SafeFileHandle();
        var file = File.OpenHandle(variant.File, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        var chunk = new byte[1024 * 1024];
        Random.Shared.NextBytes(chunk);
        for (var length = RandomAccess.GetLength(file); length < variant.Bytes; length += chunk.Length) RandomAccess.Write(file, chunk, length);
        return file;
    }

    private sealed record Run(Variant Variant)
    {
        public TaskCompletionSource<Sample> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
