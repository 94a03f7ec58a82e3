using Argosy.Client;

namespace Argosy.Cli.Shell;

/// <summary>Places on the server by their words: what <c>.</c>, <c>..</c> and a name mean in a folder, as a shell's <c>cd</c> sees it.</summary>
internal static class RemoteFolders
{
    /// <summary>The whole path. A slash at the end stays, since it says that a folder is meant.</summary>
    public static RemotePath Resolve(RemotePath folder, ReadOnlySpan<byte> name)
    {
        var path = folder.Resolve(name);
        var meansFolder = RemotePath.FromBytes(name.ToArray()) is { MeansFolder: true } && !name.IsEmpty;
        return meansFolder && path != RemotePath.Root ? path.Append(default) : path;
    }
}
