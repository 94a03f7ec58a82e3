using System.Text.Json;
using System.Text.Json.Serialization;

namespace Argosy.Bench;

/// <summary>What one load saw: the line of JSON that a load program prints.</summary>
public sealed record LoadResult
{
    /// <summary>Connections that it held.</summary>
    [JsonPropertyName("connections")]
    public int Connections { get; init; }

    /// <summary>Seconds that it measured.</summary>
    [JsonPropertyName("seconds")]
    public double Seconds { get; init; }

    /// <summary>Round trips, visits or downloads that began and ended in that time.</summary>
    [JsonPropertyName("count")]
    public long Count { get; init; }

    /// <summary>Bytes received in that time.</summary>
    [JsonPropertyName("bytes")]
    public long Bytes { get; init; }

    /// <summary>The median of their durations, in microseconds.</summary>
    [JsonPropertyName("p50")]
    public double Median { get; init; }

    /// <summary>What 99 of 100 took at most, in microseconds.</summary>
    [JsonPropertyName("p99")]
    public double P99 { get; init; }

    /// <summary>What 999 of 1,000 took at most, in microseconds.</summary>
    [JsonPropertyName("p999")]
    public double P999 { get; init; }

    /// <summary>Why it failed; null where it did not.</summary>
    [JsonPropertyName("error")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    /// <summary>As one line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, LoadJson.Default.LoadResult);

    /// <summary>Reads the line of a load program.</summary>
    /// <exception cref="BenchException">It is not such a line, or tells of a failure.</exception>
    public static LoadResult Parse(string? line)
    {
        LoadResult? result;
        try
        {
            result = string.IsNullOrEmpty(line) ? null : JsonSerializer.Deserialize(line, LoadJson.Default.LoadResult);
        }
        catch (JsonException)
        {
            result = null;
        }

        if (result is null) throw new BenchException($"the load program said \"{line}\", which is no result");
        return result.Error is null ? result : throw new BenchException(result.Error);
    }
}
