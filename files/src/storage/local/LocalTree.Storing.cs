namespace Argosy.Files;

/// <content>Files that are here whole.</content>
internal sealed partial class LocalTree
{
    /// <summary>A file whole: written with its mode from the beginning, looked at once, published.</summary>
    public FileEntry Store(RemotePath path, ReadOnlySpan<byte> content, Publication how, ITally tally)
    {
        using var destination = LookAt(path);
        using var staged = StageNew(path, how.Mode ?? UsualMode, replaces: null, destination.Share());

        // Its intent goes before its file: without the file it would say that the step has happened.
        using var counted = tally;
        staged.Write(0, content);
        return staged.PublishWhole(how, content.Length, counted);
    }

    /// <summary>Many files whole: all staged, then all published; for each disk that they go to at once.</summary>
    public FileException?[] StoreMany(IReadOnlyList<WholeFile> files, ITally tally)
    {
        var failures = new FileException?[files.Count];
        using var visits = new Visits(this);
        using var counted = tally; // Its intent goes before its files.
        for (var i = 0; i < files.Count; i++)
        {
            try
            {
                var (destination, visit) = visits.Find(files[i].Path);
                visit.Stage(i, files[i], destination.Gifts);
            }
            catch (FileException failed)
            {
                failures[i] = failed;
            }
        }

        foreach (var visit in visits.All)
        {
            visit.Publish(counted, failures);
        }

        return failures;
    }

    /// <summary>The folders that files go to, each looked at once, and the visits to their disks.</summary>
    private sealed class Visits(LocalTree tree) : IDisposable
    {
        private readonly Dictionary<RemotePath, Destination> _destinations = [];
        private readonly Dictionary<string, StoreVisit> _visits = [];
        private (RemotePath Parent, Destination Destination, StoreVisit Visit)? _last;

        public IEnumerable<StoreVisit> All => _visits.Values;

        public (Destination Destination, StoreVisit Visit) Find(RemotePath path)
        {
            RefuseUnfit(path);
            if (_last is { } last && path.IsIn(last.Parent))
            {
                return (last.Destination, last.Visit);
            }

            var parent = path.Parent;
            if (!_destinations.TryGetValue(parent, out var destination))
            {
                _destinations.Add(parent, destination = tree.LookAt(path));
            }

            if (!_visits.TryGetValue(destination.Staging.Disk, out var visit))
            {
                _visits.Add(destination.Staging.Disk, visit = new StoreVisit(tree, destination.Staging));
            }

            _last = (parent, destination, visit);
            return (destination, visit);
        }

        public void Dispose()
        {
            foreach (var visit in _visits.Values)
            {
                visit.Dispose();
            }

            foreach (var destination in _destinations.Values)
            {
                destination.Dispose();
            }
        }
    }
}
