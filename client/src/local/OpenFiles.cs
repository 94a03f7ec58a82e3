namespace Argosy.Client;

/// <summary>
/// Places for the files of a tree that are open while the server is waited for: more of them are under way than a process may have open
/// (<c>ulimit -n</c> is 1,024 in many places, and a file that can be continued takes two).
/// </summary>
internal sealed class OpenFiles
{
    private readonly SemaphoreSlim _free = new(256);

    /// <summary>Waits for a place. Whoever has one may wait for the server, and for nothing that others have who wait for a place.</summary>
    public async ValueTask<Place> EnterAsync(CancellationToken stop)
    {
        await _free.WaitAsync(stop).ConfigureAwait(false);
        return new Place(_free);
    }

    /// <summary>One place; to be disposed of once.</summary>
    public readonly struct Place(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free?.Release();
    }
}
