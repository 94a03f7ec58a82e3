using System.IO.Enumeration;

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
        var everywhere = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        var sizes = new FileSystemEnumerable<long>(folder, (ref FileSystemEntry entry) => entry.Length, everywhere)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
        };
        try
        {
            foreach (var size in sizes)
            {
                if (stop.IsCancellationRequested)
                    return;
                Interlocked.Add(ref _bytes, size);
                Interlocked.Increment(ref _files);
            }

            _isComplete = true;
        }
        catch (IOException)
        {
            // The folder went meanwhile: the transfer says so.
        }
    }
}
