using System.Numerics;

namespace Argosy.Bench;

/// <summary>Durations in buckets whose width grows with them: 64 to each power of two, so that a percentile is right within 2 %.</summary>
internal sealed class LatencyHistogram
{
    private const int SubBuckets = 64;
    private const int SubBucketBits = 6;

    private readonly long[] _counts = new long[64 * SubBuckets];

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    public void Add(long nanoseconds)
    {
        Count++;
        _counts[BucketOf(Math.Max(0, nanoseconds))]++;
    }

    /// <summary>What that share of the durations took at most, in microseconds; 0 where there are none.</summary>
    public double Percentile(double share)
    {
        long seen = 0;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen > 0 && seen >= share * Count) return LowestOf(bucket) / 1000.0;
        }

        return 0;
    }

    private static int BucketOf(long nanoseconds)
    {
        var shift = BitOperations.Log2((ulong)nanoseconds | SubBuckets) - SubBucketBits;
        return shift * SubBuckets + (int)(nanoseconds >> shift);
    }

    private static long LowestOf(int bucket)
    {
        var shift = bucket < 2 * SubBuckets ? 0 : bucket / SubBuckets - 1;
        return (long)(bucket - shift * SubBuckets) << shift;
    }
}
