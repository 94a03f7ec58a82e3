namespace Argosy.Files;

/// <summary>What one account may do where. Asked before anything else happens.</summary>
internal sealed class Access
{
    private readonly Permissions _everywhere;
    private readonly bool _isDropBox;
    private readonly bool _holdsHomes;
    private readonly List<(RemotePath Path, Permissions Permissions)> _paths;

    private readonly Action<RemotePath, string> _onRefused;

    /// <param name="grant">What is allowed, everywhere and at paths.</param>
    /// <param name="onRefused">Told of each refusal: the path, and the participle of what may not be done with it.</param>
    public Access(SessionGrant grant, Action<RemotePath, string> onRefused)
    {
        (_everywhere, _isDropBox, _holdsHomes, _onRefused) = (grant.Permissions, grant.NumberExisting, grant.HoldsHomes, onRefused);

        // The longest match decides, so it is looked at first.
        _paths = [.. grant.Paths
            .Select(entry => (Path: RemotePath.Parse(entry.Path), entry.Permissions))
            .OrderByDescending(entry => entry.Path.Bytes.Length)];
    }

    public Permissions At(RemotePath path)
    {
        // Files are left directly in a drop box: into a folder, the answer would tell whether there is one. Names that are closed are taken names.
        if (_isDropBox)
        {
            return path.Parent.IsRoot && !path.IsRoot ? _everywhere : Permissions.None;
        }

        foreach (var entry in _paths)
        {
            if (entry.Path.Contains(path))
            {
                return entry.Permissions;
            }
        }

        return _everywhere;
    }

    /// <summary>True where the account's own rules close a name whole, whatever is there.</summary>
    public bool IsClosed(RemotePath path) => _paths.Exists(entry => entry.Permissions == Permissions.None && entry.Path.Contains(path));

    /// <summary>The working folder may be anywhere that one may do something; in a drop box nobody goes anywhere.</summary>
    /// <exception cref="FileException"><see cref="FileError.NotPermitted"/>.</exception>
    public void RequireEnter(RemotePath path)
    {
        if (_isDropBox ? !path.IsRoot : !Allows(path, Permissions.List | Permissions.Read | Permissions.Write))
        {
            throw Refusal(path, "entered");
        }
    }

    /// <summary>
    /// A link is made in a folder: directly in ROOT it would stand where the home of an account may be one day, and in a drop box it is no file.
    /// </summary>
    /// <exception cref="FileException"><see cref="FileError.NotPermitted"/>.</exception>
    public void RequireLink(RemotePath path)
    {
        if (_isDropBox)
        {
            throw Refusal(path, "made a link");
        }

        if (_holdsHomes && path.Parent.IsRoot)
        {
            _onRefused(path, "made a link");
            throw new FileException(FileError.NotPermitted, PlaceText.NoLinkAmongHomes(path));
        }
    }

    /// <summary>True where one of <paramref name="any"/> is allowed.</summary>
    public bool Allows(RemotePath path, Permissions any) => (At(path) & any) != 0;

    /// <exception cref="FileException"><see cref="FileError.NotPermitted"/>: none of <paramref name="any"/> is allowed.</exception>
    public void Require(RemotePath path, Permissions any, string verb)
    {
        if (!Allows(path, any))
        {
            throw Refusal(path, verb);
        }
    }

    /// <summary>For what moves or removes a folder whole: the permission is needed everywhere in it.</summary>
    public void RequireWithin(RemotePath path, Permissions needed, string verb)
    {
        Require(path, needed, verb);
        foreach (var entry in _paths)
        {
            if (path.Contains(entry.Path) && (entry.Permissions & needed) == 0)
            {
                throw Refusal(entry.Path, verb);
            }
        }
    }

    /// <summary>
    /// Moving must not be a way around a rule: nothing may be allowed at the new place that is not at the old one, and a folder with rules of its own
    /// inside stays where its rules are.
    /// </summary>
    public void RequireMove(RemotePath from, RemotePath to)
    {
        Require(from, Permissions.Rename, "renamed");
        Require(to, Permissions.Write | Permissions.Rename, "made");
        var isWider = (At(to) & ~At(from) & (Permissions.Read | Permissions.List | Permissions.Overwrite | Permissions.Append | Permissions.Delete)) != 0;
        var hasRules = _paths.Exists(entry =>
            (from.Contains(entry.Path) && !from.Equals(entry.Path)) || (to.Contains(entry.Path) && !to.Equals(entry.Path)));
        if (isWider || hasRules)
        {
            throw Refusal(from, $"moved to {to}");
        }
    }

    /// <summary>The refusal to throw; it is told of here.</summary>
    public FileException Refusal(RemotePath path, string verb)
    {
        _onRefused(path, verb);
        return new(FileError.NotPermitted, PlaceText.NotPermitted(path, verb));
    }
}
