namespace Argosy.Client;

/// <summary>Counts what a tree's transfers do, for whoever shows it.</summary>
internal sealed class TreeCount(IProgress<TreeProgress>? progress)
{
    private long _bytes;
    private long _bytesFound;
    private long _files;
    private long _filesFound;

    public Part Begin(RemotePath path, long size)
    {
        Interlocked.Add(ref _bytesFound, size);
        Interlocked.Increment(ref _filesFound);
        return new Part(this, path, size);
    }

    private void Report(RemotePath path) => progress?.Report(new TreeProgress(
        Volatile.Read(ref _bytes), Volatile.Read(ref _bytesFound), Volatile.Read(ref _files), Volatile.Read(ref _filesFound), path.ToString()));

    /// <summary>One file's part in it.</summary>
    internal sealed class Part(TreeCount count, RemotePath path, long size) : IProgress<TransferProgress>
    {
        private long _bytes;

        public void Report(TransferProgress value)
        {
            Interlocked.Add(ref count._bytes, value.Bytes - _bytes);
            _bytes = value.Bytes;
            count.Report(path);
        }

        /// <summary>It is over, however it ended.</summary>
        public void End()
        {
            Interlocked.Add(ref count._bytes, size - _bytes);
            Interlocked.Increment(ref count._files);
            count.Report(path);
        }
    }
}
