using Argosy.Client;

namespace Argosy.Cli.Output;

/// <summary>Counts the files below a folder here, so that a person learns how much there is before the transfer has met it all.</summary>
/// <param name="folder">The folder.</param>
internal sealed class LocalScan(string folder)
{
    private long _bytes;
    private long _files;
    private volatile bool _isComplete;

    /// <summary>Bytes found so far.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Files found so far.</summary>
    public long Files => Volatile.Read(ref _files);

    /// <summary>True once all of them were found.</summary>
    public bool IsComplete => _isComplete;

    /// <summary>Counts regular files; follows no link. What cannot be read is left out, as the transfer will report it.</summary>
    public void Run(CancellationToken stop)
    {
        var left = new Stack<string>([folder]);
        while (!stop.IsCancellationRequested && left.TryPop(out var next))
        {
            try
            {
                foreach (var entry in LocalFiles.List(next).TakeWhile(_ => !stop.IsCancellationRequested))
                    Count(entry, next, left);
            }
            catch (LocalFileException)
            {
                // It went meanwhile, or may not be read: the transfer says so.
            }
        }

        _isComplete = !stop.IsCancellationRequested;
    }

    private void Count(RemoteEntry entry, string place, Stack<string> left)
    {
        if (entry.Kind == EntryKind.Folder)
            left.Push($"{place}/{ByteText.OfBytes(entry.Name.Bytes.Span)}");
        if (entry.Kind != EntryKind.File)
            return;
        Interlocked.Add(ref _bytes, entry.Size);
        Interlocked.Increment(ref _files);
    }
}
