using System.Runtime.CompilerServices;
using Argosy.Wire;

namespace Argosy.Client;

public sealed partial class FileClient
{
    // Of uploads: a hundred thousand of long names.
    private const int MostOfUploads = 64 * 1024 * 1024;

    /// <summary>A folder's entries, in the server's order, hidden ones too. Nothing is given out before the whole listing was verified.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Gives up; the session goes on.</param>
    /// <exception cref="IOException">A listing of more than 4 MiB waits on this machine's disk, and finds no room there; the session goes on.</exception>
    public async IAsyncEnumerable<RemoteEntry> ListAsync(
        RemotePath folder, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var lines = await RunAsync(
            () => new Listing(id => new Request { Command = "ls", Id = id, Path = folder.Bytes.ToArray() }), cancellationToken).ConfigureAwait(false);
        await foreach (var line in lines.ReadLinesAsync(cancellationToken).ConfigureAwait(false))
            yield return Entries.Read(line);
    }

    /// <summary>What is at <paramref name="path"/>; null when nothing is.</summary>
    /// <param name="path">The place.</param>
    /// <param name="followLink">False to see a link itself and not what it points to.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<RemoteEntry?> StatAsync(RemotePath path, bool followLink = true, CancellationToken cancellationToken = default)
    {
        try
        {
            return await AskAsync(
                id => new Request { Command = "stat", Id = id, Path = path.Bytes.ToArray(), Link = !followLink },
                reply => Entries.Read(reply, path),
                cancellationToken).ConfigureAwait(false);
        }
        catch (RefusedException refused) when (refused.Error == WireError.NotFound.Name())
        {
            return null;
        }
    }

    /// <summary>Makes a folder.</summary>
    /// <param name="path">The new folder.</param>
    /// <param name="parents">True to make those on the way too, and not to mind when it exists.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task MakeFolderAsync(RemotePath path, bool parents = false, CancellationToken cancellationToken = default) =>
        AskAsync(id => new Request { Command = "mkdir", Id = id, Path = path.Bytes.ToArray(), Parents = parents }, Nothing, cancellationToken);

    /// <summary>Makes a folder that is as open as another.</summary>
    /// <param name="path">The new folder.</param>
    /// <param name="mode">Its permission bits, of which the server may take some away. A server of before 0.2 decides alone.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task MakeFolderAsync(RemotePath path, UnixFileMode mode, CancellationToken cancellationToken = default) =>
        AskAsync(
            id => new Request { Command = "mkdir", Id = id, Path = path.Bytes.ToArray(), Mode = (int)mode & 0x1ff }, Nothing, cancellationToken);

    /// <summary>Removes a file or a link.</summary>
    public Task RemoveAsync(RemotePath path, CancellationToken cancellationToken = default) =>
        AskAsync(id => new Request { Command = "rm", Id = id, Path = path.Bytes.ToArray() }, Nothing, cancellationToken, mayRepeat: false);

    /// <summary>Removes a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="recursive">True to remove all that is in it; else it has to be empty.</param>
    /// <param name="cancellationToken">Gives up waiting; the server may still remove.</param>
    public Task RemoveFolderAsync(RemotePath path, bool recursive = false, CancellationToken cancellationToken = default) =>
        AskAsync(
            id => new Request { Command = "rmdir", Id = id, Path = path.Bytes.ToArray(), Recursive = recursive },
            Nothing, cancellationToken, isLong: recursive, mayRepeat: false);

    /// <summary>Gives a file or folder another name or place.</summary>
    /// <param name="path">What.</param>
    /// <param name="to">Its new name, the whole path.</param>
    /// <param name="overwrite">False: a file that is there already is left alone and the rename refused.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task RenameAsync(RemotePath path, RemotePath to, bool overwrite = true, CancellationToken cancellationToken = default) =>
        AskAsync(
            id => new Request { Command = "mv", Id = id, Path = path.Bytes.ToArray(), To = to.Bytes.ToArray(), Overwrite = overwrite },
            Nothing, cancellationToken, mayRepeat: false);

    /// <summary>Copies a file on the server; no bytes travel.</summary>
    /// <param name="path">What.</param>
    /// <param name="to">The copy's name, the whole path.</param>
    /// <param name="overwrite">False: a file that is there already is left alone and the copy refused.</param>
    /// <param name="cancellationToken">Gives up waiting; the server may still copy.</param>
    public Task CopyAsync(RemotePath path, RemotePath to, bool overwrite = true, CancellationToken cancellationToken = default) =>
        AskAsync(
            id => new Request { Command = "cp", Id = id, Path = path.Bytes.ToArray(), To = to.Bytes.ToArray(), Overwrite = overwrite },
            Nothing, cancellationToken, isLong: true, mayRepeat: false);

    /// <summary>Makes a symbolic link.</summary>
    /// <param name="path">The link.</param>
    /// <param name="target">Where it points: relative to the folder that it lies in, and not out of the home.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task MakeLinkAsync(RemotePath path, RemotePath target, CancellationToken cancellationToken = default) =>
        AskAsync(
            id => new Request { Command = "ln", Id = id, Path = path.Bytes.ToArray(), Target = target.Bytes.ToArray() }, Nothing, cancellationToken,
            mayRepeat: false);

    /// <summary>Sets a modification time.</summary>
    /// <param name="path">Of what.</param>
    /// <param name="modified">The time, kept to the microsecond.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task TouchAsync(RemotePath path, DateTimeOffset modified, CancellationToken cancellationToken = default) =>
        AskAsync(
            id => new Request { Command = "touch", Id = id, Path = path.Bytes.ToArray(), MTime = Times.ToWire(modified) }, Nothing, cancellationToken);

    /// <summary>A file's checksum as the server computes it: lower-case hexadecimal.</summary>
    /// <param name="path">The file.</param>
    /// <param name="algorithm">Which.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<string> HashAsync(
        RemotePath path, HashAlgorithm algorithm = HashAlgorithm.Sha256, CancellationToken cancellationToken = default) =>
        AskAsync(
            id => new Request { Command = "hash", Id = id, Path = path.Bytes.ToArray(), Algorithm = HashAlgorithms.Name(algorithm) },
            reply => HashAlgorithms.Check(algorithm, reply.Hash), cancellationToken, isLong: true);

    /// <summary>What the account uses and may use.</summary>
    public Task<Quota> QuotaAsync(CancellationToken cancellationToken = default) =>
        AskAsync(id => new Request { Command = "quota", Id = id }, Entries.ReadQuota, cancellationToken);

    /// <summary>Uploads of this account that were cut and can be continued.</summary>
    public async IAsyncEnumerable<UnfinishedUpload> ListUploadsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var lines = await RunAsync(
            () => new Listing(id => new Request { Command = "uploads", Id = id }, most: MostOfUploads), cancellationToken).ConfigureAwait(false);
        await foreach (var line in lines.ReadLinesAsync(cancellationToken).ConfigureAwait(false))
            yield return Entries.ReadUpload(line);
    }

    /// <summary>Forgets an unfinished upload and frees its space.</summary>
    public Task DiscardUploadAsync(string id, CancellationToken cancellationToken = default) =>
        AskAsync(number => new Request { Command = "uploads", Id = number, Discard = id }, Nothing, cancellationToken);
}
