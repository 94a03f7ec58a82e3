using Argosy.Wire;

namespace Argosy.Client;

/// <summary>Counts what a tree's transfers do, for whoever shows it.</summary>
/// <param name="progress">Who shows it; null where nobody does.</param>
/// <param name="areLinksFollowed">True where listings do not say how much there is.</param>
internal sealed class TreeCount(IProgress<TreeProgress>? progress, bool areLinksFollowed = false)
{
    // What listings have said, which is more than what was met so far. The folder that all begins with is in none of them.
    private long _bytesAnnounced;
    private long _filesAnnounced;
    private long _foldersAnnounced = 1;
    private long _listings;

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

    /// <summary>True where somebody shows it.</summary>
    public bool IsWatched => progress is not null;

    /// <summary>A listing has this entry.</summary>
    public void Announce(EntryType? type, long size)
    {
        if (type == EntryType.Folder)
            Interlocked.Increment(ref _foldersAnnounced);
        if (type != EntryType.File)
            return;
        Interlocked.Increment(ref _filesAnnounced);
        Interlocked.Add(ref _bytesAnnounced, size);
    }

    /// <summary>A listing was complete. When there is one for each folder that they named, they have named every file.</summary>
    public void EndListing()
    {
        if (Interlocked.Increment(ref _listings) == Volatile.Read(ref _foldersAnnounced) && !areLinksFollowed)
            _isWhole = true;
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
            Volatile.Read(ref _bytes),
            Math.Max(Volatile.Read(ref _bytesFound), Volatile.Read(ref _bytesAnnounced)),
            Volatile.Read(ref _files),
            Math.Max(Volatile.Read(ref _filesFound), Volatile.Read(ref _filesAnnounced)),
            path?.ToString() ?? "")
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
