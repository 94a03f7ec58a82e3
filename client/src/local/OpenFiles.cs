namespace Argosy.Client;

/// <summary>
/// Places for what is open while the server is waited for: more files and folders of a tree are under way than a process may have open. How many there
/// are follows from <c>ulimit -n</c>, which is raised as far as it goes, and from what is open already.
/// </summary>
internal sealed class OpenFiles
{
    private const int MostFiles = 256, MostFolders = 256;

    // What the runtime and others open by and by: sockets, listings that wait on disk, names that are looked up.
    private const int Others = 32;

    // A file that can be continued takes three: what is remembered of it, the folder of that, and itself.
    private const int PerFile = 3;

    private static readonly long s_free = CountFree();
    private readonly SemaphoreSlim _files = new((int)Math.Clamp(s_free / 2 / PerFile, 1, MostFiles));
    private readonly int _folders = (int)Math.Clamp(s_free / 2, 2, MostFolders);

    /// <summary>How many folders of a tree may be open, apart from those that lead to where it is at work.</summary>
    public int Folders => _folders;

    /// <summary>Waits for a file's place. Whoever has one may wait for the server, and for nothing that others have who wait for a place.</summary>
    public async ValueTask<Place> EnterAsync(CancellationToken stop)
    {
        await _files.WaitAsync(stop).ConfigureAwait(false);
        return new Place(_files);
    }

    private static long CountFree()
    {
        if (!OperatingSystem.IsLinux())
            return MostFiles;
        var limit = OpenFileLimit.Value;
        try
        {
            return limit - Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() - Others;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (limit / 2) - Others;
        }
    }

    /// <summary>One place; to be disposed of once.</summary>
    public readonly struct Place(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free?.Release();
    }
}
