namespace Argosy.Files;

/// <summary>What one account may do where. Asked before anything else happens.</summary>
internal sealed class Access
{
    private readonly Permissions _everywhere;
    private readonly List<(RemotePath Path, Permissions Permissions)> _paths;

    private readonly Action<RemotePath, string> _onRefused;

    /// <param name="everywhere">What is allowed where no path says otherwise.</param>
    /// <param name="paths">What is allowed at and beneath paths.</param>
    /// <param name="onRefused">Told of each refusal: the path, and the participle of what may not be done with it.</param>
    public Access(Permissions everywhere, IEnumerable<PathPermissions> paths, Action<RemotePath, string> onRefused)
    {
        _everywhere = everywhere;
        _onRefused = onRefused;

        // The longest match decides, so it is looked at first.
        _paths = [.. paths
            .Select(entry => (Path: RemotePath.Parse(entry.Path), entry.Permissions))
            .OrderByDescending(entry => entry.Path.Bytes.Length)];
    }

    public Permissions At(RemotePath path)
    {
        foreach (var entry in _paths)
        {
            if (entry.Path.Contains(path))
            {
                return entry.Permissions;
            }
        }

        return _everywhere;
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
        return new(FileError.NotPermitted, $"{path} may not be {verb} by this account.");
    }
}
