using System.Text;
using Argosy.Wire;

namespace Argosy.Client;

public sealed partial class FileClient
{
    /// <summary>What the server has of an upload that was cut, and that <see cref="PutAsync(string, RemotePath, PutOptions?, CancellationToken)"/> would go on with.</summary>
    /// <param name="localFile">The file.</param>
    /// <param name="path">Where it goes.</param>
    /// <param name="memory">Where it was remembered.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Null where there is nothing to go on with.</returns>
    public async Task<UnfinishedPart?> FindUnfinishedPutAsync(
        string localFile, RemotePath path, UnfinishedTransfers memory, CancellationToken cancellationToken = default)
    {
        var key = UnfinishedTransfers.PutKey(Url, path, LocalPath.Full(localFile));
        if (LocalPath.Find(localFile) is not { Kind: EntryKind.File } file || memory.Peek(key) is not { Upload: { } upload } known || known.Size != file.Size)
            return null;
        var received = await FilePut.AskReceivedAsync(this, path, upload, cancellationToken).ConfigureAwait(false);
        return received == 0 ? null : new UnfinishedPart(path.ToString(), received, known.Size, async stop =>
        {
            memory.Forget(key);
            try
            {
                await DiscardUploadAsync(upload, stop).ConfigureAwait(false);
            }
            catch (RefusedException refused) when (refused.Error == WireError.NotFound.Name())
            {
                // It has expired meanwhile.
            }
        });
    }

    /// <summary>What is here of a download that was cut, and that <see cref="GetAsync(RemotePath, string, GetOptions?, CancellationToken)"/> would go on with.</summary>
    /// <param name="path">The file on the server.</param>
    /// <param name="localFile">Where it goes.</param>
    /// <param name="memory">Where it was remembered.</param>
    /// <returns>Null where there is nothing to go on with.</returns>
    public UnfinishedPart? FindUnfinishedGet(RemotePath path, string localFile, UnfinishedTransfers memory)
    {
        if (LocalPath.Find(LocalPath.Folder(localFile)) is null || LocalPath.IsFolder(localFile))
            return null;
        using var place = LocalPlace.Find(localFile);
        var key = UnfinishedTransfers.GetKey(Url, path, place.Full);
        var name = Encoding.ASCII.GetBytes(LocalTarget.StagedName(place.Name));
        var folder = place.Folder.Place;
        return place.IsStream || place.Folder.Find(name) is not { Size: > 0 } part || memory.Peek(key) is not { } known ? null
            : new UnfinishedPart(Terminal.Escape(localFile), part.Size, known.Size, _ =>
            {
                memory.Forget(key);
                using var around = LocalFolder.Open(folder);
                around.Remove(name);
                return Task.CompletedTask;
            });
    }
}
