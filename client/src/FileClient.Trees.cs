namespace Argosy.Client;

public sealed partial class FileClient
{
    /// <summary>
    /// Stores a local folder with all that is in it: files with their times and permission bits, empty folders, links as the options say. Entries
    /// leave as they are met, many at a time, in bounded memory whatever the folder's size.
    /// </summary>
    /// <param name="localFolder">The folder.</param>
    /// <param name="path">What it is to be on the server: made where it is missing, else merged with. The folder around it must exist.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends it; what is stored already stays.</param>
    /// <returns>
    /// What became of each entry, in the order in which they were met. An entry that fails is one of them, and the others go on. The
    /// work is done while this is enumerated.
    /// </returns>
    /// <exception cref="LocalFileException">The local folder cannot be opened.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    public IAsyncEnumerable<TreeOutcome> PutFolderAsync(
        string localFolder, RemotePath path, TreeOptions? options = null, CancellationToken cancellationToken = default) =>
        TreePipeline.RunAsync(
            new FolderPut(this, options ?? new TreeOptions(), cancellationToken).WalkAsync(localFolder, path), cancellationToken);

    /// <summary>
    /// Fetches a folder with all that is in it. No name that the server says, and no link that is in the target, makes it write anywhere but in
    /// the target. Entries come many at a time, in bounded memory whatever the folder's size.
    /// </summary>
    /// <param name="path">The folder on the server.</param>
    /// <param name="localFolder">What it is to be here: made where it is missing, else merged with. The folder around it must exist.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends it; what was fetched already stays.</param>
    /// <returns>As for <see cref="PutFolderAsync"/>.</returns>
    /// <exception cref="LocalFileException">The local folder cannot be made.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    public IAsyncEnumerable<TreeOutcome> GetFolderAsync(
        RemotePath path, string localFolder, TreeOptions? options = null, CancellationToken cancellationToken = default) =>
        TreePipeline.RunAsync(
            new FolderGet(this, options ?? new TreeOptions(), cancellationToken).WalkAsync(path, localFolder), cancellationToken);
}
