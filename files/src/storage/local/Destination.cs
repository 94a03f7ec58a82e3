namespace Argosy.Files;

/// <summary>
/// Where a file will appear, as far as it matters before: the staging folder from which one rename leads there, and what the folder gives to files that are made in
/// it, which a rename alone would not.
/// </summary>
internal sealed class Destination : IDisposable
{
    private readonly bool _isBorrowed;

    private Destination(StagingFolder staging, FolderGifts gifts, bool isBorrowed) => (Staging, Gifts, _isBorrowed) = (staging, gifts, isBorrowed);

    public StagingFolder Staging { get; }

    public FolderGifts Gifts { get; }

    /// <summary>Looks at the folder that the path's last component will be in.</summary>
    public static Destination Of(StagingFolders all, Descriptor parent, RemotePath path)
    {
        Errno.Check(Kernel.Stat(parent.Number, out var status), path);
        return new(all.For(parent, status, path), FolderGifts.Of(parent, status), isBorrowed: false);
    }

    /// <summary>The same for one that goes before this one does.</summary>
    public Destination Share() => new(Staging, Gifts, isBorrowed: true);

    /// <summary>For what lies in a staging folder that somebody else has open, and stays there.</summary>
    public static Destination Within(StagingFolder staging) => new(staging, default, isBorrowed: true);

    public void Dispose()
    {
        if (!_isBorrowed)
        {
            Staging.Leave();
        }
    }
}
