using System.Runtime.CompilerServices;

namespace Argosy.Files;

/// <summary>A <see cref="LocalTree"/> lent to one session: everything that can block runs under the session's offload.</summary>
internal sealed class LocalHome(LocalStorage storage, LocalTree tree, IOffload offload) : IHome
{
    /// <summary>As much is read at once where the kernel has it in memory, and gathered before it is written: handing it over would cost more.</summary>
    public const int SmallIO = 64 << 10;

    private const int Batch = 256;

    /// <summary>Milliseconds that long work keeps a thread.</summary>
    private const int Slice = 10;

    private bool _closed;

    /// <summary>The home that this is a session's view of.</summary>
    internal LocalTree Tree => tree;

    public string Identity => tree.Identity;

    public ValueTask<FileEntry?> FindAsync(RemotePath path, bool followLink) =>
        offload.RunAsync(static work => work.tree.Find(work.path, work.followLink), (tree, path, followLink));

    public async IAsyncEnumerable<FileEntry> ListAsync(RemotePath path, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var reader = await offload.RunAsync(static work => work.tree.OpenReader(work.path), (tree, path));
        List<FileEntry> batch;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            batch = await offload.RunAsync(static reader => LocalTree.Read(reader, Batch), reader);
            foreach (var entry in batch)
            {
                yield return entry;
            }
        }
        while (batch.Count == Batch);
    }

    public ValueTask<IContent> OpenAsync(RemotePath path) =>
        offload.RunAsync(static work => (IContent)work.tree.OpenContent(work.path).Under(work.offload), (tree, path, offload));

    public ValueTask<IStaged> StageAsync(StageRequest request) =>
        offload.RunAsync(static work => (IStaged)new OffloadedStaged(work.tree.Stage(work.request), work.offload), (tree, request, offload));

    public ValueTask<FileEntry> StoreAsync(RemotePath path, ReadOnlyMemory<byte> content, Publication how, ITally tally) => offload.RunAsync(
        static work => work.tree.Store(work.path, work.content.Span, work.how, work.tally), (tree, path, content, how, tally));

    public ValueTask<IReadOnlyList<FileException?>> StoreManyAsync(IReadOnlyList<WholeFile> files, ITally tally) =>
        offload.RunAsync(static IReadOnlyList<FileException?> (work) => work.tree.StoreMany(work.files, work.tally), (tree, files, tally));

    public ValueTask MakeFolderAsync(RemotePath path, int? mode = null) =>
        Run(static work => work.tree.MakeFolder(work.path, work.mode), (tree, path, mode));

    public ValueTask MakeLinkAsync(RemotePath path, ReadOnlyMemory<byte> target, ITally tally) =>
        Run(static work => work.tree.MakeLink(work.path, work.target.Span, work.tally), (tree, path, target, tally));

    public ValueTask RemoveAsync(RemotePath path, ITally tally) => Run(static work => work.tree.Remove(work.path, work.tally), (tree, path, tally));

    public ValueTask RemoveFolderAsync(RemotePath path, bool recursive, ITally tally) =>
        RunSteps(tree.RemoveFolder(path, recursive, tally));

    public ValueTask RenameAsync(RemotePath from, RemotePath to, bool overwrite, ITally tally) =>
        Run(static work => work.tree.Rename(work.from, work.to, work.overwrite, work.tally), (tree, from, to, overwrite, tally));

    public ValueTask TouchAsync(RemotePath path, DateTime modified) =>
        Run(static work => work.tree.Touch(work.path, work.modified), (tree, path, modified));

    public ValueTask<IReadOnlyList<UnfinishedUpload>> ListUnfinishedAsync(string? owner) =>
        offload.RunAsync(static IReadOnlyList<UnfinishedUpload> (work) => work.tree.ListUnfinished(work.owner), (tree, owner));

    public ValueTask<bool> DiscardUnfinishedAsync(string owner, string uploadId, ITally tally) =>
        offload.RunAsync(static work => work.tree.DiscardUnfinished(work.owner, work.uploadId, work.tally), (tree, owner, uploadId, tally));

    public ValueTask<long?> FreeAsync() => offload.RunAsync(static tree => (long?)tree.Free(), tree);

    public ValueTask CountAsync(Action<Usage> counted) => RunSteps(tree.Count(counted));

    public ValueTask<Usage> HappenedAsync(ReadOnlyMemory<byte> mark, Usage change) =>
        offload.RunAsync(static work => work.tree.Happened(work.mark.Span, work.change), (tree, mark, change));

    public ValueTask SettleUnfinishedAsync(Func<ITally> tally) => Run(static work => work.tree.SettleUnfinished(work.tally), (tree, tally));

    public ValueTask SweepAsync(DateTime expired, Func<ITally> tally, Func<IReadOnlyList<ReadOnlyMemory<byte>>>? marks) =>
        RunSteps(tree.Sweep(expired, tally, marks ?? (static () => [])));

    public ValueTask DisposeAsync()
    {
        if (!_closed)
        {
            _closed = true;
            storage.Close(tree);
        }

        return default;
    }

    /// <summary>Long work, in slices: whoever waits for the same threads gets one in between.</summary>
    private async ValueTask RunSteps(IEnumerable<int> work)
    {
        using var steps = work.GetEnumerator();
        while (await offload.RunAsync(TakeSlice, steps))
        {
        }
    }

    private static bool TakeSlice(IEnumerator<int> steps)
    {
        var end = Environment.TickCount64 + Slice;
        while (steps.MoveNext())
        {
            if (Environment.TickCount64 >= end)
            {
                return true;
            }
        }

        return false;
    }

    private async ValueTask Run<TState>(Action<TState> action, TState state) =>
        await offload.RunAsync(
            static work =>
            {
                work.action(work.state);
                return true;
            },
            (action, state));
}
