using System.Net;

namespace Argosy.Bench;

/// <summary>A measured server that is running.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly ChildProcess _process;

    private ServerProcess(ChildProcess process, IPEndPoint address) => (_process, Address) = (process, address);

    public IPEndPoint Address { get; }

    /// <exception cref="BenchException">It does not start.</exception>
    public static async Task<ServerProcess> StartAsync(Subject subject, CancellationToken cancellation)
    {
        var process = ChildProcess.Start(subject.Command);
        try
        {
            var line = await process.ReadLineAsync(StartLimit, cancellation);
            if (!line.StartsWith(BenchProtocol.Ready, StringComparison.Ordinal) || !IPEndPoint.TryParse(line[BenchProtocol.Ready.Length..], out var address))
                throw new BenchException($"it said \"{line}\" and not \"{BenchProtocol.Ready}IPV4:PORT\"");
            return new ServerProcess(process, address);
        }
        catch
        {
            process.Kill();
            await process.DisposeAsync();
            throw;
        }
    }

    public Task<long> MemoryAsync(CancellationToken cancellation) => ProcessMemory.SettledAsync(_process.Id, cancellation);

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
