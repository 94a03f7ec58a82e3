namespace Argosy.Client;

/// <summary>A folder of a tree on its way: both its places, and how much of what is in it is still under way.</summary>
/// <param name="parent">The folder that it lies in; null for the tree itself.</param>
/// <param name="local">The local one, open.</param>
/// <param name="place">Where that is: a path, bytes as the disk has them.</param>
/// <param name="path">Its place on the server.</param>
internal sealed class TreeFolder(TreeFolder? parent, LocalFolder local, RemotePath place, RemotePath path)
{
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _underWay = 1;

    public TreeFolder? Parent => parent;

    public LocalFolder Local => local;

    public RemotePath Place => place;

    public RemotePath Path { get; } = path;

    /// <summary>True once nothing of it is under way and it is closed.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Folders between the tree and this one.</summary>
    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

    /// <summary>Links that were followed on the way to it.</summary>
    public int Followed { get; init; }

    /// <summary>Where it really lies on the server, as far as links tell.</summary>
    public RemotePath RealPath { get; init; } = path;

    /// <summary>True where the target did not have it before; fails where it could not be made.</summary>
    public required Task<bool> IsNew { get; init; }

    /// <summary>Something in it begins.</summary>
    public void Enter() => Interlocked.Increment(ref _underWay);

    /// <summary>Something in it has ended, or nothing more will begin.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _underWay) == 0)
            _empty.TrySetResult();
    }

    /// <summary>Closes it; the folder around it has one thing less under way.</summary>
    public void Close()
    {
        local.Dispose();
        _closed.TrySetResult();
        parent?.Leave();
    }

    /// <summary>Waits until nothing in it is under way any more.</summary>
    /// <returns>True where it was made, so that its time can be set.</returns>
    public async Task<bool> EndAsync()
    {
        Leave();
        await _empty.Task.ConfigureAwait(false);
        return await WasMadeAsync().ConfigureAwait(false);
    }

    public ValueTask<bool> WasMadeAsync() => IsNew.IsCompletedSuccessfully ? new(true) : WaitUntilMadeAsync();

    private async ValueTask<bool> WaitUntilMadeAsync()
    {
        await ((Task)IsNew).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return IsNew.IsCompletedSuccessfully;
    }

    public TreeOutcome Tell(ReadOnlyMemory<byte> name, TreeResult result) => new(Path.Append(name), place.Append(name).Bytes, result);
}
