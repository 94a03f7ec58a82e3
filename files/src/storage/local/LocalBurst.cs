namespace Argosy.Files;

/// <summary>
/// What the files that are stored in one visit to the disk share: the home's lock, the folder of the last one, and one entry into the ledger for
/// the end of a file and the beginning of the next. The lock is left only when the last tally is complete, so that disk and ledger never
/// disagree for anybody else. Whatever else is done with the home leaves it first.
/// </summary>
internal sealed class LocalBurst(LocalTree tree)
{
    private bool _isOn;
    private HomeLock.Scope? _lock;
    private (RemotePath Path, Descriptor Descriptor, Destination Destination)? _folder;
    private ITally? _last;

    /// <summary>Begins. Not where every file is synced: others would wait for the disk.</summary>
    public void Begin() => _isOn = !tree.IsStrict;

    /// <summary>Ends, on the thread that has begun.</summary>
    public void End()
    {
        _isOn = false;
        Leave();
    }

    /// <summary>Lets others have their turn.</summary>
    public void Leave()
    {
        if (_lock is not { } held)
        {
            return;
        }

        CompleteLast();
        CloseFolder();
        _lock = null;
        held.Dispose();
    }

    /// <summary>Where the path's last component will appear.</summary>
    public Destination LookAt(RemotePath path) => _isOn ? Folder(path).Destination.Share() : tree.LookAt(path);

    /// <summary>A step on the path's last component, in this burst where there is one.</summary>
    public HomeStep Enter(RemotePath path) => _isOn ? new HomeStep(Folder(path).Descriptor) : tree.Enter(path);

    private (RemotePath Path, Descriptor Descriptor, Destination Destination) Folder(RemotePath path)
    {
        _lock ??= tree.Staging.HomeLock.Enter();
        LocalTree.RefuseUnfit(path);
        var parent = path.Parent;
        if (_folder is { } last && last.Path.Equals(parent))
        {
            return last;
        }

        CloseFolder();
        var descriptor = tree.OpenParent(path);
        try
        {
            var folder = (parent, descriptor, Destination.Of(tree.AllStaging, descriptor, path));
            _folder = folder;
            return folder;
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>What a file of this burst is counted by.</summary>
    public ITally Take(ITally tally) => _isOn ? new Tally(this, tally) : tally;

    private void CompleteLast()
    {
        try
        {
            _last?.Complete();
        }
        catch (FileException)
        {
            // The file is stored: its intent stays in the ledger, and is settled when this process has ended.
        }

        _last = null;
    }

    private void CloseFolder()
    {
        _folder?.Destination.Dispose();
        _folder?.Descriptor.Dispose();
        _folder = null;
    }

    /// <summary>Completes with the next one's beginning, or when the burst is left.</summary>
    private sealed class Tally(LocalBurst burst, ITally inner) : ITally
    {
        private bool _isComplete;

        public void Begin(Usage change, ReadOnlySpan<byte> mark)
        {
            if (burst._last is not { } last)
            {
                inner.Begin(change, mark);
                return;
            }

            inner.Begin(change, mark, last);
            burst._last = null; // Where this threw, it is completed when the burst is left.
        }

        public void Complete()
        {
            _isComplete = true;
            burst._last = inner;
        }

        public void Dispose()
        {
            if (!_isComplete)
            {
                inner.Dispose();
            }
        }
    }
}
