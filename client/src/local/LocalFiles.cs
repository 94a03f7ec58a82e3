namespace Argosy.Client;

/// <summary>
/// Local files, for programs that show them or let people choose: names are text as <see cref="ByteText"/>, so that those which are no UTF-8 are found
/// as well, which the base library cannot do.
/// </summary>
public static class LocalFiles
{
    /// <summary>The folder that the process is in; the root where that is gone.</summary>
    public static string CurrentFolder => OperatingSystem.IsLinux() ? ByteText.OfBytes(Posix.CurrentFolder()) : Environment.CurrentDirectory;

    /// <summary>Makes another folder the process's own.</summary>
    /// <exception cref="LocalFileException">It is none, or may not be entered.</exception>
    public static void Enter(string folder)
    {
        var result = Posix.Enter([.. LocalPath.Bytes(folder), 0]);
        if (result < 0)
            throw LocalErrors.Make(-result, folder, isWritten: false);
    }

    /// <summary>The whole path from the root, by its words alone: links are not looked at.</summary>
    /// <exception cref="LocalFileException">It can be no path.</exception>
    public static string Full(string path) => LocalPath.Full(path);

    /// <summary>What stands at a path; null where nothing does, or nobody may look.</summary>
    /// <param name="path">The path, which is the entry's name then.</param>
    /// <param name="follow">False to see a link itself.</param>
    /// <exception cref="LocalFileException">It can be no path.</exception>
    public static RemoteEntry? Find(string path, bool follow = true) =>
        LocalPath.Find(path, follow) is { } facts ? Describe(RemotePath.FromText(path), facts, facts.Kind == EntryKind.Link ? Target(path) : null) : null;

    /// <summary>True for a folder, or a link to one.</summary>
    /// <exception cref="LocalFileException">It can be no path.</exception>
    public static bool IsFolder(string path) => LocalPath.IsFolder(path);

    /// <summary>What is in a folder, in the disk's order and in bounded memory; links are not followed. What goes meanwhile is left out.</summary>
    /// <exception cref="LocalFileException">It cannot be read.</exception>
    public static IEnumerable<RemoteEntry> List(string path)
    {
        using var folder = LocalFolder.Open(path);
        foreach (var (name, _) in folder.ReadNames())
        {
            if (folder.Find(name) is { } facts)
                yield return Describe(RemotePath.FromBytes(name), facts, facts.Kind == EntryKind.Link ? folder.ReadLink(name) : null);
        }
    }

    private static RemoteEntry Describe(RemotePath name, in FileFacts facts, byte[]? target) => new(
        name, facts.Kind, facts.Kind == EntryKind.File ? facts.Size : 0, facts.Modified, facts.Mode,
        target is null ? default(RemotePath?) : RemotePath.FromBytes(target));

    private static byte[] Target(string path)
    {
        using var folder = LocalFolder.Open(LocalPath.Folder(path));
        return folder.ReadLink(LocalPath.Bytes(LocalPath.Name(path)));
    }
}
