using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Argosy.Bench;

/// <summary>What a run measured. Its JSON can be read again, so that a run is drawn as often as one likes.</summary>
public sealed record BenchReport
{
    private static readonly BenchJson Format = new(new JsonSerializerOptions(BenchJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Where.</summary>
    public required Machine Machine { get; init; }

    /// <summary>Rounds that count.</summary>
    public required int Rounds { get; init; }

    /// <summary>How long each load lasted.</summary>
    public required double Seconds { get; init; }

    /// <summary>Who was measured.</summary>
    public required IReadOnlyList<Subject> Subjects { get; init; }

    /// <summary>What was measured.</summary>
    public required IReadOnlyList<Metric> Metrics { get; init; }

    /// <summary>The figures: one for each subject and metric.</summary>
    public required IReadOnlyList<BenchCell> Cells { get; init; }

    /// <summary>The figures of one subject and metric.</summary>
    public BenchCell Cell(Subject subject, Metric metric) => Cells.First(cell => cell.Subject == subject.Name && cell.Metric == metric.Id);

    /// <summary>As JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Format.BenchReport);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="BenchException">It is not such a report.</exception>
    public static BenchReport FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Format.BenchReport) ?? throw new BenchException("this is not a report of \"argosy bench models\"");
        }
        catch (JsonException e)
        {
            throw new BenchException($"this is not a report of \"argosy bench models\": {e.Message}");
        }
    }
}

/// <summary>The samples of one subject at one metric, or why there are none.</summary>
public sealed record BenchCell
{
    /// <summary>Whose.</summary>
    public required string Subject { get; init; }

    /// <summary>Of what.</summary>
    public required string Metric { get; init; }

    /// <summary>One per round that counts.</summary>
    public required IReadOnlyList<double> Samples { get; init; }

    /// <summary>Why there are none.</summary>
    public string? Why { get; init; }

    /// <summary>True where there is a figure.</summary>
    [JsonIgnore]
    public bool HasValue => Samples.Count > 0;

    /// <summary>The middle sample, or the mean of the two in the middle.</summary>
    [JsonIgnore]
    public double Median
    {
        get
        {
            double[] sorted = [.. Samples.Order()];
            return sorted.Length == 0 ? double.NaN : (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
        }
    }

    /// <summary>The lowest sample.</summary>
    [JsonIgnore]
    public double Low => Samples.Min();

    /// <summary>The highest sample.</summary>
    [JsonIgnore]
    public double High => Samples.Max();
}
