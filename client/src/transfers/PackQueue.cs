namespace Argosy.Client;

/// <summary>
/// Small files that wait for others, to share a request with them (docs/protocol.md section 7). Nothing waits without need: where no request of theirs is under way
/// a file leaves at once, and else what has gathered leaves when it is enough for a request, or when all that were under way are answered. So
/// requests grow with the time that the way takes, and one file alone is not held up.
/// </summary>
/// <param name="client">The session.</param>
/// <param name="make">Makes the request for files that go together.</param>
internal sealed class PackQueue<TFile>(FileClient client, Func<IReadOnlyList<TFile>, Exchange<bool>> make)
    where TFile : PackItem
{
    private const int MostFiles = 128;
    private const int MostBytes = 512 * 1024;

    private readonly Lock _gate = new();
    private Batch? _gathered;
    private int _underWay;

    /// <summary>Sends a file with others; what came of it.</summary>
    public Task<T> RunAsync<T>(PackItem<T> file, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
            return Task.FromCanceled<T>(stop);
        Add((TFile)(PackItem)file, stop);
        if (stop.IsCancellationRequested)
            file.Cancel(stop); // Those with which it goes may have been told before it came to them.
        return file.Outcome;
    }

    private void Add(TFile file, CancellationToken stop)
    {
        Batch? others = null, full = null;
        lock (_gate)
        {
            if (_gathered is not null && !(_gathered.Stop == stop && _gathered.Files[0].MayGoWith(file)))
                others = Take();
            _gathered ??= new Batch(_gate, stop);
            _gathered.Files.Add(file);
            _gathered.Bytes += file.Size;
            if (_underWay == 0 || _gathered.Files.Count >= MostFiles || _gathered.Bytes >= MostBytes)
                full = Take();
        }

        Send(others);
        Send(full);
    }

    private Batch Take()
    {
        var taken = _gathered!;
        _gathered = null;
        _underWay++;
        return taken;
    }

    private void Send(Batch? batch)
    {
        if (batch is not null)
            _ = SendAsync(batch);
    }

    private async Task SendAsync(Batch batch)
    {
        try
        {
            await client.RunAsync(() => make(batch.Files), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            foreach (var file in batch.Files)
                file.Fail(exception);
        }

        batch.Dispose();
        Batch? next = null;
        lock (_gate)
        {
            if (--_underWay == 0 && _gathered is not null)
                next = Take();
        }

        Send(next);
    }

    /// <summary>Files that go together, and are given up together.</summary>
    private sealed class Batch : IDisposable
    {
        private readonly CancellationTokenRegistration _giveUp;

        private readonly Lock _gate;

        public Batch(Lock gate, CancellationToken stop)
        {
            (_gate, Stop) = (gate, stop);
            _giveUp = stop.UnsafeRegister(
                static batch => ThreadPool.UnsafeQueueUserWorkItem(static batch => batch.GiveUp(), (Batch)batch!, preferLocal: false), this);
        }

        public CancellationToken Stop { get; }

        public List<TFile> Files { get; } = new(MostFiles);

        public long Bytes { get; set; }

        public void Dispose() => _giveUp.Dispose();

        // A file that is added behind these is looked after by whoever adds it.
        private void GiveUp()
        {
            TFile[] files;
            lock (_gate)
                files = [.. Files];
            foreach (var file in files)
                file.Cancel(Stop);
        }
    }
}
