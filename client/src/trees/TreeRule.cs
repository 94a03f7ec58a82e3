namespace Argosy.Client;

/// <summary>What of a tree is moved, and which links may be made within it.</summary>
internal static class TreeRule
{
    public const string LeadsOutside = "a link that leads, or may lead, out of the folder; it is left out";
    public const string NotWanted = "a link; it is left out (--links keeps it, --copy-links takes what it leads to)";
    public const string Cycle = "a link that leads back to a folder it lies in; it is left out";
    public const string Unfinished = "what is left of a download that was cut; it is left out";
    public const string Special = "a device, pipe or socket; it is left out";

    /// <summary>
    /// True for a relative target that cannot leave the tree, whatever other such links stand on its way: <c>..</c> only at its beginning,
    /// and not more often than there are folders above.
    /// </summary>
    /// <param name="depth">Folders between the tree and the link.</param>
    /// <param name="target">What the link says.</param>
    public static bool StaysInside(int depth, ReadOnlySpan<byte> target)
    {
        if (target.IsEmpty || target[0] == (byte)'/' || target.Contains((byte)0))
            return false;
        var (ups, isNamed) = (0, false);
        foreach (var range in target.Split((byte)'/'))
        {
            switch (target[range])
            {
                case [] or [(byte)'.']:
                    break;
                case [(byte)'.', (byte)'.'] when isNamed || ++ups > depth:
                    return false;
                case [(byte)'.', (byte)'.']:
                    break;
                default:
                    isNamed = true;
                    break;
            }
        }

        return true;
    }

    /// <summary>Where a link in a folder leads by its words alone; null for one that begins with a slash.</summary>
    public static RemotePath? Resolve(RemotePath folder, ReadOnlySpan<byte> target) =>
        target.IsEmpty || target[0] == (byte)'/' ? null : (RemotePath?)folder.Resolve(target);
}
