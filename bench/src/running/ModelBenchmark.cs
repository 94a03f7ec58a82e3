namespace Argosy.Bench;

/// <summary>Measures servers side by side in one run: every round gives each of them its turn at every point.</summary>
/// <param name="plan">How much.</param>
/// <param name="subjects">Whom.</param>
/// <param name="load">The program that makes the load, with the arguments that precede its own.</param>
public sealed class ModelBenchmark(BenchPlan plan, IReadOnlyList<Subject> subjects, IReadOnlyList<string> load)
{
    private const int IdleRounds = 3; // memory hardly varies, and ten thousand connections take their time
    private const int WarmUpConnections = 64;

    private readonly LoadProcess _load = new(load);
    private readonly Dictionary<string, ServerProcess> _running = [];
    private readonly ReportBuilder _report = new(plan, subjects);

    /// <summary>Runs it. Whatever happens, all that it started has ended when it returns.</summary>
    /// <param name="progress">Is told what is being measured, in a few words.</param>
    /// <param name="cancellation">Ends it early, without a report.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<BenchReport> RunAsync(IProgress<string>? progress, CancellationToken cancellation)
    {
        try
        {
            foreach (var subject in subjects) await StartAsync(subject, progress, cancellation);
            if (plan.HasWarmUpRound) await RoundAsync(0, progress, cancellation);
            for (var round = 1; round <= plan.Rounds; round++) await RoundAsync(round, progress, cancellation);
        }
        finally
        {
            await Task.WhenAll(_running.Values.Select(server => server.DisposeAsync().AsTask()));
        }

        return _report.Build();
    }

    private async Task StartAsync(Subject subject, IProgress<string>? progress, CancellationToken cancellation)
    {
        progress?.Report($"starting {subject.Name}");
        try
        {
            _running[subject.Name] = await ServerProcess.StartAsync(subject, cancellation);
        }
        catch (BenchException e)
        {
            _report.Fail(subject, $"does not start: {e.Message}");
        }
    }

    /// <summary>Round 0 does not count. Who comes first changes from round to round.</summary>
    private async Task RoundAsync(int round, IProgress<string>? progress, CancellationToken cancellation)
    {
        foreach (var point in plan.Loads)
        {
            if (point.Kind == LoadKind.Idle && (round == 0 || round > IdleRounds)) continue;
            for (var i = 0; i < subjects.Count; i++)
            {
                var subject = subjects[(i + round) % subjects.Count];
                progress?.Report($"round {round} of {plan.Rounds}: {point.Figures[0].Metric.Id}, {subject.Name}");
                await MeasureAsync(point, subject, counts: round > 0, cancellation);
            }
        }
    }

    private async Task MeasureAsync(Point point, Subject subject, bool counts, CancellationToken cancellation)
    {
        if (_report.HasFailed(subject, point)) return;
        if (subject.WhyNot(point) is { } why)
        {
            _report.Fail(subject, point, why);
            return;
        }

        try
        {
            if (point.Kind == LoadKind.Idle) await MeasureIdleAsync(point, subject, cancellation);
            else await MeasureLoadAsync(point, subject, counts, cancellation);
        }
        catch (BenchException e)
        {
            _report.Fail(subject, point, e.Message);
        }
    }

    private async Task MeasureLoadAsync(Point point, Subject subject, bool counts, CancellationToken cancellation)
    {
        var result = await _load.RunAsync(Options(point, _running[subject.Name]), cancellation);
        if (result.Count == 0 && point.Kind != LoadKind.Download) throw new BenchException("not one round was completed in the time given");
        if (!counts) return;
        foreach (var (metric, value) in point.Figures) _report.Add(subject, metric, value(result));
    }

    /// <summary>In a server of its own: one that has served before has memory to give away.</summary>
    private async Task MeasureIdleAsync(Point point, Subject subject, CancellationToken cancellation)
    {
        await using var server = await ServerProcess.StartAsync(subject, cancellation);
        var few = Math.Min(WarmUpConnections, point.Connections);
        await _load.RunAsync(new LoadOptions { Kind = LoadKind.Echo, To = server.Address, Connections = few, Time = plan.Time / 4 }, cancellation);
        var before = await server.MemoryAsync(cancellation);
        await _load.RunAsync(Options(point, server), cancellation, async () =>
        {
            var growth = await server.MemoryAsync(cancellation) - before;
            _report.Add(subject, point.Figures[0].Metric, growth / 1024.0 / point.Connections);
        });
    }

    private LoadOptions Options(Point point, ServerProcess server) =>
        new() { Kind = point.Kind, To = server.Address, Connections = point.Connections, Bully = point.Bully, Time = plan.Time };
}
