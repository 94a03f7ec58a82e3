namespace Argosy.Files;

/// <content>What changes names.</content>
public sealed partial class FileSession
{
    /// <summary>What a folder or a link takes of most disks, whatever it holds. Bytes.</summary>
    private const long Block = 4096;

    /// <summary>Makes a folder; with <paramref name="parents"/> also those above it, and an existing one is fine.</summary>
    /// <param name="path">Where.</param>
    /// <param name="parents">True to make those above it too.</param>
    /// <param name="mode">Permission bits, within the server's umask, that the folder itself has from its first moment if it is made here; null for the default.</param>
    public async ValueTask MakeFolderAsync(RemotePath path, bool parents = false, int? mode = null)
    {
        Require(path, Permissions.MakeFolder, "made");
        if (!parents)
        {
            await RequireSpaceAsync(Block);
            await _home.MakeFolderAsync(path, mode);
            Log.FolderMade(Name, path);
            return;
        }

        var missing = new Stack<RemotePath>();
        for (var at = path; !at.IsRoot && !await IsFolderAsync(at); at = at.Parent)
        {
            Require(at, Permissions.MakeFolder, "made");
            missing.Push(at);
        }

        foreach (var folder in missing)
        {
            await MakeIfMissingAsync(folder, folder.Equals(path) ? mode : null);
        }
    }

    /// <summary>Makes a symbolic link.</summary>
    /// <param name="path">The link.</param>
    /// <param name="target">Where it points: relative to its folder, <c>..</c> only at the beginning, and not out of the home.</param>
    /// <exception cref="FileException"><see cref="FileError.BadName"/> for any other target; <see cref="FileError.OverQuota"/>: it counts as a file of its
    /// target's bytes; <see cref="FileError.NotSupported"/> where the storage has no links.</exception>
    public async ValueTask MakeLinkAsync(RemotePath path, ReadOnlyMemory<byte> target)
    {
        Require(path, Permissions.Write, "made");
        _access.RequireLink(path);

        if (!LinkTarget.StaysInside(path, target.Span))
        {
            throw new FileException(FileError.BadName, PlaceText.LinkLeadsOut);
        }

        await RequireCountAsync();
        await RequireSpaceAsync(Block);
        using var tally = new LeaseTally(Usage);
        await _home.MakeLinkAsync(path, target, tally);
    }

    /// <summary>Removes a file or link.</summary>
    public async ValueTask RemoveAsync(RemotePath path)
    {
        Require(path, Permissions.Delete, "removed");
        using var tally = new LeaseTally(Usage);
        await _home.RemoveAsync(path, tally);
        Log.Removed(Name, path);
    }

    /// <summary>Removes a folder; with <paramref name="recursive"/> all that is in it, without following links.</summary>
    public async ValueTask RemoveFolderAsync(RemotePath path, bool recursive = false)
    {
        RequireLive();
        _access.RequireWithin(path, Permissions.Delete, "removed");
        using var tally = new LeaseTally(Usage);
        await _home.RemoveFolderAsync(path, recursive, tally);
        Log.Removed(Name, path);
    }

    /// <summary>Renames or moves; replaces a file only with <paramref name="overwrite"/> and the permission to.</summary>
    public async ValueTask RenameAsync(RemotePath from, RemotePath to, bool overwrite = true)
    {
        RequireLive();
        _access.RequireMove(from, to);
        await RequireNoLinkInRootAsync(from, to);
        using var tally = new LeaseTally(Usage);
        await _home.RenameAsync(from, to, overwrite && _access.Allows(to, Permissions.Overwrite), tally);
        Log.Renamed(Name, from, to);
    }

    private async ValueTask<bool> IsFolderAsync(RemotePath path) => await _home.FindAsync(path, followLink: true) switch
    {
        null => false,
        { Kind: EntryKind.Folder } => true,
        _ => throw new FileException(FileError.AlreadyExists, PlaceText.ExistsAsAFile(path)),
    };

    private async ValueTask MakeIfMissingAsync(RemotePath folder, int? mode)
    {
        try
        {
            await RequireSpaceAsync(Block);
            await _home.MakeFolderAsync(folder, mode);
            Log.FolderMade(Name, folder);
        }
        catch (FileException failed) when (failed.Error == FileError.AlreadyExists)
        {
            // Somebody made it meanwhile: fine where it is a folder.
            await IsFolderAsync(folder);
        }
    }
}
