using System.Diagnostics;
using Argosy.Client;

namespace Argosy.Cli.Output;

/// <summary>
/// How far all transfers of a command are. A bar is shown only to a person, and only when it takes long enough to wonder; nothing of it is
/// even loaded before.
/// </summary>
/// <param name="results">Kept back while the bar has the terminal.</param>
/// <param name="expected">Bytes in all, as far as they are known beforehand; 0 where they are not.</param>
internal sealed class Progress(Results results, long expected)
{
    private static readonly TimeSpan Unnoticed = TimeSpan.FromMilliseconds(500);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long _bytes;
    private long _announced;

    /// <summary>Bytes moved so far.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Bytes in all; 0 where nobody knows.</summary>
    public long Total => Math.Max(expected, Volatile.Read(ref _announced));

    /// <summary>Since the command began to transfer.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>One transfer's part in it.</summary>
    public Part Begin() => new(this);

    /// <summary>A tree's part in it; several trees of a command go one after the other.</summary>
    public IProgress<TreeProgress> BeginTree() => new Tree(this);

    /// <summary>Waits for the transfers, with a bar where somebody sees it.</summary>
    public async Task<int> ShowAsync(Task<int> transfers)
    {
        if (results.IsJson || Console.IsErrorRedirected)
            return await transfers;
        await Task.WhenAny(transfers, Task.Delay(Unnoticed));
        if (transfers.IsCompleted)
            return await transfers;
        using (results.Hold())
            await ProgressBar.ShowAsync(this, transfers);
        return await transfers;
    }

    /// <summary>Reports of trees: those of many files come from many threads, each with the state of the whole.</summary>
    private sealed class Tree(Progress progress) : IProgress<TreeProgress>
    {
        public void Report(TreeProgress value)
        {
            Volatile.Write(ref progress._bytes, value.Bytes);
            Volatile.Write(ref progress._announced, value.BytesFound);
        }
    }

    /// <summary>Reports of one transfer.</summary>
    internal sealed class Part(Progress progress) : IProgress<TransferProgress>
    {
        private long _bytes;
        private bool _isAnnounced;

        public void Report(TransferProgress value)
        {
            Interlocked.Add(ref progress._bytes, value.Bytes - _bytes);
            _bytes = value.Bytes;
            if (_isAnnounced || value.Total is not { } total)
                return;
            _isAnnounced = true;
            Interlocked.Add(ref progress._announced, total);
        }
    }
}
