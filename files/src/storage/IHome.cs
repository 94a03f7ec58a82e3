namespace Argosy.Files;

/// <summary>
/// One account's files as its storage shows them. It keeps the jail and atomicity; who may do what, and how much, is decided above.
/// </summary>
/// <remarks>
/// All operations throw <see cref="FileException"/>. What was unfinished work of a crashed process is looked at by
/// <see cref="HappenedAsync"/> first and removed by <see cref="SweepAsync"/> after.
/// </remarks>
public interface IHome : IAsyncDisposable
{
    /// <summary>The same for everyone who opens this home, another for any other home, also for one made anew in its place. At most 128 ASCII characters.</summary>
    string Identity { get; }

    /// <summary>What is there, or null.</summary>
    ValueTask<FileEntry?> FindAsync(RemotePath path, bool followLink);

    /// <summary>A folder's entries in no order, in bounded memory; nothing that is staged.</summary>
    IAsyncEnumerable<FileEntry> ListAsync(RemotePath path, CancellationToken cancellation);

    /// <summary>Opens one version of a file.</summary>
    ValueTask<IContent> OpenAsync(RemotePath path);

    /// <summary>Begins a file that nobody sees yet; with an id, goes on with the unfinished one of that owner, path and id.</summary>
    /// <exception cref="FileException"><see cref="FileError.InUse"/>; <see cref="FileError.IsAFolder"/> at the path.</exception>
    ValueTask<IStaged> StageAsync(StageRequest request);

    /// <summary>Stores a file whole, in one visit to the disk: what staging, writing and publishing it would do.</summary>
    /// <param name="path">Where it shall appear.</param>
    /// <param name="content">All of it.</param>
    /// <param name="how">How to publish it.</param>
    /// <param name="tally">Told of what is added less what is replaced; the home's from here on.</param>
    /// <returns>The entry under the name it got.</returns>
    ValueTask<FileEntry> StoreAsync(RemotePath path, ReadOnlyMemory<byte> content, Publication how, ITally tally);

    /// <summary>
    /// Stores many files whole, in one visit to the disk: each of them appears at once and whole, or not at all. Those that cannot be stored, or for which there is
    /// no room beside those before them, keep none of the others back.
    /// </summary>
    /// <param name="files">The files; no two of them have one path.</param>
    /// <param name="tally">Told of what is added less what is replaced, once or several times; the home's from here on.</param>
    /// <returns>For each file what went wrong, or null.</returns>
    ValueTask<IReadOnlyList<FileException?>> StoreManyAsync(IReadOnlyList<WholeFile> files, ITally tally);

    /// <summary>Makes a folder.</summary>
    /// <param name="path">Where.</param>
    /// <param name="mode">Permission bits that it has from its first moment, masked by the server's umask and without set-id bits; null for the default.</param>
    ValueTask MakeFolderAsync(RemotePath path, int? mode = null);

    /// <summary>Makes a symbolic link; it counts as a file of its target's bytes.</summary>
    /// <exception cref="FileException"><see cref="FileError.NotSupported"/> where there are none.</exception>
    ValueTask MakeLinkAsync(RemotePath path, ReadOnlyMemory<byte> target, ITally tally);

    /// <summary>Removes a file or link; the tally begins and completes when bytes are freed.</summary>
    ValueTask RemoveAsync(RemotePath path, ITally tally);

    /// <summary>Removes a folder; with <paramref name="recursive"/> all that is in it, without following links.</summary>
    ValueTask RemoveFolderAsync(RemotePath path, bool recursive, ITally tally);

    /// <summary>Renames; a file in the way is replaced only with <paramref name="overwrite"/>.</summary>
    ValueTask RenameAsync(RemotePath from, RemotePath to, bool overwrite, ITally tally);

    /// <summary>Sets a modification time.</summary>
    ValueTask TouchAsync(RemotePath path, DateTime modified);

    /// <summary>Unfinished uploads of one owner, or of everyone for null.</summary>
    ValueTask<IReadOnlyList<UnfinishedUpload>> ListUnfinishedAsync(string? owner);

    /// <summary>Discards an owner's unfinished uploads of that id; false where there are none.</summary>
    /// <exception cref="FileException"><see cref="FileError.InUse"/>.</exception>
    ValueTask<bool> DiscardUnfinishedAsync(string owner, string uploadId, ITally tally);

    /// <summary>Bytes the storage can still take, or null where that is not limited.</summary>
    ValueTask<long?> FreeAsync();

    /// <summary>
    /// Counts what the home holds, published and unfinished, and hands the sum to <paramref name="counted"/> while no replacement or removal can come
    /// between. It may take long and holds nothing meanwhile: what changes before it has ended may be in the sum or not.
    /// </summary>
    ValueTask CountAsync(Action<Usage> counted);

    /// <summary>Looks what had happened of a step that a crashed process marked (<see cref="ITally.Begin"/>).</summary>
    /// <param name="mark">Which step.</param>
    /// <param name="change">What it was to change.</param>
    /// <returns>All of the change or nothing; of a step of many parts what those that had happened changed.</returns>
    ValueTask<Usage> HappenedAsync(ReadOnlyMemory<byte> mark, Usage change);

    /// <summary>Counts what unfinished uploads received from processes that died before they could tell.</summary>
    ValueTask SettleUnfinishedAsync(Func<ITally> tally);

    /// <summary>
    /// Removes what crashed processes left staged and unfinished uploads untouched since <paramref name="expired"/>. It may take long; where it is
    /// under way already, it does nothing.
    /// </summary>
    /// <param name="expired">The age, as a time.</param>
    /// <param name="tally">Told of what is freed.</param>
    /// <param name="marks">The marks of all steps that are not completed, at the moment it is called: what they name stays. Null for none.</param>
    ValueTask SweepAsync(DateTime expired, Func<ITally> tally, Func<IReadOnlyList<ReadOnlyMemory<byte>>>? marks = null);
}
