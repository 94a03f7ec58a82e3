namespace Argosy.Bench;

/// <summary>Gathers the samples of a run.</summary>
internal sealed class ReportBuilder(BenchPlan plan, IReadOnlyList<Subject> subjects)
{
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private readonly Dictionary<(string Subject, string Metric), List<double>> _samples = [];
    private readonly Dictionary<(string Subject, string Metric), string> _failures = [];

    public void Add(Subject subject, Metric metric, double sample)
    {
        var key = (subject.Name, metric.Id);
        if (!_samples.TryGetValue(key, out var samples)) _samples[key] = samples = [];
        samples.Add(sample);
    }

    /// <summary>It takes part in nothing.</summary>
    public void Fail(Subject subject, string why)
    {
        foreach (var point in plan.Loads) Fail(subject, point, why);
    }

    /// <summary>It takes no further part in this point, and what it had does not count.</summary>
    public void Fail(Subject subject, Point point, string why)
    {
        foreach (var (metric, _) in point.Figures) _failures[(subject.Name, metric.Id)] = why;
    }

    public bool HasFailed(Subject subject, Point point) => _failures.ContainsKey((subject.Name, point.Figures[0].Metric.Id));

    public BenchReport Build()
    {
        Metric[] metrics = [.. plan.Loads.SelectMany(point => point.Figures).Select(figure => figure.Metric)];
        return new BenchReport
        {
            Started = _started,
            Machine = Machine.This(),
            Rounds = plan.Rounds,
            Seconds = plan.Time.TotalSeconds,
            Subjects = subjects,
            Metrics = metrics,
            Cells = [.. subjects.SelectMany(_ => metrics, Cell)],
        };
    }

    private BenchCell Cell(Subject subject, Metric metric)
    {
        var key = (subject.Name, metric.Id);
        var why = _failures.GetValueOrDefault(key);
        return new BenchCell { Subject = subject.Name, Metric = metric.Id, Samples = why is null ? _samples.GetValueOrDefault(key) ?? [] : [], Why = why };
    }
}
