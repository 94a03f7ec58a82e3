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
    private List<TFile> _gathered = [];
    private long _bytes;
    private int _underWay;

    /// <summary>Sends a file with others; what came of it.</summary>
    public async Task<T> RunAsync<T>(PackItem<T> file, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        await using var registration = stop.UnsafeRegister(
            static (file, stop) => ((PackItem<T>)file!).Cancel(stop), file).ConfigureAwait(false);
        Add((TFile)(PackItem)file);
        return await file.Outcome.ConfigureAwait(false);
    }

    private void Add(TFile file)
    {
        List<TFile>? others = null, full = null;
        lock (_gate)
        {
            if (_gathered.Count > 0 && !_gathered[0].MayGoWith(file))
                others = Take();
            _gathered.Add(file);
            _bytes += file.Size;
            if (_underWay == 0 || _gathered.Count >= MostFiles || _bytes >= MostBytes)
                full = Take();
        }

        Send(others);
        Send(full);
    }

    private List<TFile> Take()
    {
        var taken = _gathered;
        (_gathered, _bytes) = ([], 0);
        _underWay++;
        return taken;
    }

    private void Send(List<TFile>? files)
    {
        if (files is not null)
            _ = SendAsync(files);
    }

    private async Task SendAsync(List<TFile> files)
    {
        try
        {
            await client.RunAsync(() => make(files), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            foreach (var file in files)
                file.Fail(exception);
        }

        List<TFile>? next = null;
        lock (_gate)
        {
            if (--_underWay == 0 && _gathered.Count > 0)
                next = Take();
        }

        Send(next);
    }
}
