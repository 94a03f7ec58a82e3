namespace Argosy.Bench;

/// <summary>Runs loads, each in a process of its own.</summary>
internal sealed class LoadProcess(IReadOnlyList<string> program)
{
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(70); // beyond what the load itself allows for connecting

    /// <summary>Runs a load to its end. With <paramref name="whileConnected"/> the connections stay until that has completed.</summary>
    /// <exception cref="BenchException">It failed: the message says why.</exception>
    public async Task<LoadResult> RunAsync(LoadOptions options, CancellationToken cancellation, Func<Task>? whileConnected = null)
    {
        await using var process = ChildProcess.Start([.. program, .. options.Arguments]);
        try
        {
            var result = LoadResult.Parse(await process.ReadLineAsync(options.Time + Slack, cancellation));
            if (whileConnected is not null) await whileConnected();
            return result;
        }
        catch
        {
            process.Kill();
            throw;
        }
    }
}
