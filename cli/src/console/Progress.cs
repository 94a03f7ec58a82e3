using System.Diagnostics;
using Argosy.Client;

namespace Argosy.Cli.Output;

/// <summary>
/// How far all transfers of a command are. A bar is shown only to a person, and only when it takes long enough to wonder; nothing of it is
/// even loaded before.
/// </summary>
/// <param name="results">Kept back while the bar has the terminal.</param>
/// <param name="expected">Bytes of single files in all, as far as they are known beforehand; 0 where they are not.</param>
internal sealed class Progress(Results results, long expected)
{
    private static readonly TimeSpan Unnoticed = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(5);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _gate = new();
    private readonly List<TreeProgress> _trees = [];
    private readonly List<LocalScan> _scans = [];
    private Counts _files;
    private int _expectedFiles;
    private int _expectedTrees;
    private string _name = "";

    /// <summary>Bytes that are over there so far, or were found there.</summary>
    public long Bytes => Sum().Bytes;

    /// <summary>Bytes in all, as far as they are known; 0 where nobody knows.</summary>
    public long Total => Sum().BytesFound;

    /// <summary>Since the command began.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    private bool IsSeen { get; } = !results.IsJson && !Console.IsErrorRedirected;

    /// <summary>What is going on, where no bytes move that could be counted.</summary>
    public string Activity { get; init; } = "";

    /// <summary>With what that is done; safe to show.</summary>
    public string Subject
    {
        init => _name = value;
    }

    /// <summary>Says how many single files there will be.</summary>
    public void Expect(int files) => _expectedFiles = files;

    /// <summary>Says how many trees there will be, and how those that are here can be measured while they are on their way.</summary>
    public void ExpectTrees(int trees, params LocalScan[] scans)
    {
        _expectedTrees = trees;
        _scans.AddRange(scans);
    }

    /// <summary>One transfer's part in it.</summary>
    /// <param name="name">What it is called; safe to show.</param>
    public Part Begin(string name = "") => new(this, name);

    /// <summary>A tree's part in it, null where nobody sees it; several trees of a command go one after the other.</summary>
    public IProgress<TreeProgress>? BeginTree() => IsSeen ? new Tree(this) : null;

    /// <summary>Waits for the transfers, with a bar where somebody sees it.</summary>
    /// <param name="transfers">All of them.</param>
    /// <param name="stop">Cancelled when somebody asked for the end, which is on its way then.</param>
    public async Task<int> ShowAsync(Task<int> transfers, CancellationToken stop = default)
    {
        if (!IsSeen)
            return await transfers;
        await Task.WhenAny(transfers, Task.Delay(Unnoticed, CancellationToken.None));
        if (transfers.IsCompleted)
            return await transfers;
        using var over = new CancellationTokenSource();
        var scanning = Task.WhenAll(_scans.Select(scan => Task.Run(() => scan.Run(over.Token), CancellationToken.None)));
        await ProgressBar.ShowAsync(this, results, transfers, stop);
        await over.CancelAsync();
        await scanning;
        return await transfers;
    }

    /// <summary>Looks how far it is.</summary>
    /// <param name="pace">Told of it.</param>
    /// <param name="now">Since the pace began.</param>
    /// <param name="isStopping">True once the end was asked for.</param>
    public ProgressState Observe(Pace pace, TimeSpan now, bool isStopping)
    {
        lock (_gate)
        {
            var sum = Sum();
            var isGrowing = _trees.Count(tree => tree.IsWhole) < _expectedTrees && !(_scans.Count > 0 && _scans.TrueForAll(scan => scan.IsComplete));
            pace.Observe(now, sum.BytesMoved, isGrowing || sum.BytesFound == 0 ? null : Math.Max(0, sum.BytesFound - sum.Bytes));
            var isComparing = sum.BytesCompared > 0 && pace.Rate is null or 0;
            return new ProgressState
            {
                Bytes = sum.Bytes + (isComparing ? sum.BytesCompared : 0),
                Total = sum.BytesFound,
                Files = sum.Files,
                TotalFiles = sum.FilesFound,
                IsGrowing = isGrowing,
                Rate = isComparing || sum.BytesMoved == 0 ? null : (long?)pace.Rate,
                Left = pace.Left,
                Elapsed = _clock.Elapsed,
                Activity = isStopping ? "stopping" : isComparing ? "comparing" : Describe(sum, pace.Idle),
                Name = _name,
            };
        }
    }

    private string Describe(Counts sum, TimeSpan idle) =>
        Activity.Length > 0 ? Activity
        : sum.BytesFound > 0 && sum.Bytes >= sum.BytesFound ? "finishing"
        : idle >= Standstill ? $"stalled {ProgressLine.Duration(idle)}"
        : "";

    private Counts Sum()
    {
        lock (_gate)
        {
            var sum = _files with { BytesFound = Math.Max(expected, _files.BytesFound), FilesFound = Math.Max(_expectedFiles, _files.FilesFound) };
            var found = default(Counts);
            foreach (var tree in _trees)
            {
                sum.Bytes += tree.Bytes;
                sum.BytesMoved += tree.BytesMoved;
                sum.BytesCompared += tree.BytesCompared;
                sum.Files += tree.Files;
                found.BytesFound += tree.BytesFound;
                found.FilesFound += tree.FilesFound;
            }

            sum.BytesFound += Math.Max(found.BytesFound, _scans.Sum(scan => scan.Bytes));
            sum.FilesFound += Math.Max(found.FilesFound, _scans.Sum(scan => scan.Files));
            return sum;
        }
    }

    private record struct Counts(long Bytes, long BytesFound, long BytesMoved, long BytesCompared, long Files, long FilesFound);

    /// <summary>Reports of trees: those of many files come from many threads, each with the state of the whole, and may overtake each other.</summary>
    private sealed class Tree(Progress progress) : IProgress<TreeProgress>
    {
        private int? _place;

        public void Report(TreeProgress value)
        {
            lock (progress._gate)
            {
                if (_place is null)
                    progress._trees.Add(default);
                _place ??= progress._trees.Count - 1;
                var known = progress._trees[_place.Value];
                progress._trees[_place.Value] = new TreeProgress(
                    Math.Max(known.Bytes, value.Bytes),
                    Math.Max(known.BytesFound, value.BytesFound),
                    Math.Max(known.Files, value.Files),
                    Math.Max(known.FilesFound, value.FilesFound),
                    "")
                {
                    BytesMoved = Math.Max(known.BytesMoved, value.BytesMoved),
                    BytesCompared = value.BytesCompared,
                    IsWhole = known.IsWhole || value.IsWhole,
                };
                if (value.Current.Length > 0)
                    progress._name = value.Current;
            }
        }
    }

    /// <summary>Reports of one transfer, until it is disposed of.</summary>
    internal sealed class Part(Progress progress, string name) : IProgress<TransferProgress>, IDisposable
    {
        private long _bytes;
        private long _compared;
        private long? _total;

        public void Report(TransferProgress value)
        {
            lock (progress._gate)
            {
                progress._files.BytesCompared += (value.IsComparing ? value.Bytes : 0) - _compared;
                _compared = value.IsComparing ? value.Bytes : 0;
                if (!value.IsComparing)
                {
                    // A version that gave way to another begins again.
                    progress._files.BytesMoved += value.Bytes - (value.Bytes < _bytes ? value.Begun : Math.Max(_bytes, value.Begun));
                    progress._files.Bytes += value.Bytes - _bytes;
                    _bytes = value.Bytes;
                }

                progress._files.BytesFound += (value.Total ?? 0) - (_total ?? 0);
                _total = value.Total;
                progress._name = name;
            }
        }

        /// <summary>It is over, however it ended: nothing more of it is to come.</summary>
        public void Dispose()
        {
            lock (progress._gate)
            {
                progress._files.BytesCompared -= _compared;
                progress._files.Bytes += (_total ?? _bytes) - _bytes;
                progress._files.Files++;
                (_compared, _bytes) = (0, _total ?? _bytes);
            }
        }
    }
}
