namespace Argosy.Files;

/// <summary>
/// A step under the home's lock in one folder of it. The folder is opened when the lock is held: removing a tree takes the same lock, so the folder is
/// in the home and not in the trash while the step lasts.
/// </summary>
internal sealed class HomeStep : IDisposable
{
    private readonly HomeLock.Scope _lock;
    private bool _left;

    public HomeStep(LocalTree tree, RemotePath path)
    {
        _lock = tree.Staging.HomeLock.Enter();
        try
        {
            Parent = tree.OpenParent(path);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>The folder that holds the path's last component.</summary>
    public Descriptor Parent { get; }

    /// <summary>Frees the lock before the rest, such as syncing, is done.</summary>
    public void Leave()
    {
        if (!_left)
        {
            _left = true;
            _lock.Dispose();
        }
    }

    public void Dispose()
    {
        Leave();
        Parent.Dispose();
    }
}
