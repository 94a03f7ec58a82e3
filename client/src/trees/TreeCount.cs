namespace Argosy.Client;

/// <summary>Counts what a tree's transfers do, for whoever shows it.</summary>
internal sealed class TreeCount(IProgress<TreeProgress>? progress)
{
    private long _bytes;
    private long _bytesFound;
    private long _bytesMoved;
    private long _bytesCompared;
    private long _files;
    private long _filesFound;
    private volatile bool _isWhole;

    public Part Begin(RemotePath path, long size)
    {
        Interlocked.Add(ref _bytesFound, size);
        Interlocked.Increment(ref _filesFound);
        return new Part(this, path, size);
    }

    /// <summary>Every file was met.</summary>
    public void Complete()
    {
        _isWhole = true;
        Report(null);
    }

    private void Report(RemotePath? path)
    {
        if (progress is null)
            return;
        progress.Report(new TreeProgress(
            Volatile.Read(ref _bytes), Volatile.Read(ref _bytesFound), Volatile.Read(ref _files), Volatile.Read(ref _filesFound), path?.ToString() ?? "")
        {
            BytesMoved = Volatile.Read(ref _bytesMoved),
            BytesCompared = Volatile.Read(ref _bytesCompared),
            IsWhole = _isWhole,
        });
    }

    /// <summary>One file's part in it.</summary>
    internal sealed class Part(TreeCount count, RemotePath path, long size) : IProgress<TransferProgress>
    {
        private long _bytes;
        private long _compared;

        public void Report(TransferProgress value)
        {
            Compared(value.IsComparing ? value.Bytes : 0);
            if (!value.IsComparing)
            {
                // A version that gave way to another begins again.
                var before = value.Bytes < _bytes ? value.Begun : Math.Max(_bytes, value.Begun);
                Interlocked.Add(ref count._bytesMoved, value.Bytes - before);
                Interlocked.Add(ref count._bytes, value.Bytes - _bytes);
                _bytes = value.Bytes;
            }

            count.Report(path);
        }

        /// <summary>It is over, however it ended.</summary>
        public void End()
        {
            Compared(0);
            Interlocked.Add(ref count._bytes, size - _bytes);
            Interlocked.Increment(ref count._files);
            count.Report(path);
        }

        private void Compared(long bytes)
        {
            Interlocked.Add(ref count._bytesCompared, bytes - _compared);
            _compared = bytes;
        }
    }
}
