namespace Argosy.Client;

/// <summary>Local paths: text as <see cref="ByteText"/> outside, bytes for the kernel.</summary>
internal static class LocalPath
{
    /// <summary>The bytes of a path or name.</summary>
    /// <exception cref="LocalFileException">It can be no path: it is empty, or holds a NUL.</exception>
    public static byte[] Bytes(string path)
    {
        if (path.Length == 0)
            throw new LocalFileException(LocalFault.BadName, "", "A file's name is empty.");
        try
        {
            var bytes = ByteText.ToBytes(path);
            return !bytes.AsSpan().Contains((byte)0) ? bytes : throw new LocalFileException(LocalFault.BadName, path, "a name cannot hold a NUL");
        }
        catch (FormatException exception)
        {
            throw new LocalFileException(LocalFault.BadName, path, "holds half a character, which no name can", exception);
        }
    }

    /// <summary>The whole path from the root, by its words alone: <c>..</c> takes the name before it away, links are not looked at.</summary>
    /// <remarks>The base library's current folder has lost what is no UTF-8 in it; this one asks the kernel.</remarks>
    public static string Full(string path)
    {
        Bytes(path);
        return Path.IsPathRooted(path) || !OperatingSystem.IsLinux() ? Path.GetFullPath(path) : Path.GetFullPath(path, ByteText.OfBytes(Posix.CurrentFolder()));
    }

    /// <summary>The folder in which a path's last name lies, to be opened; <c>.</c> where the path is that name alone.</summary>
    public static string Folder(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash switch
        {
            < 0 => ".",
            0 => "/",
            _ => path[..slash],
        };
    }

    /// <summary>The last name of a path; empty where it ends in a slash.</summary>
    public static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>What stands at a path; null where nothing does, or nobody may look.</summary>
    /// <param name="path">The path.</param>
    /// <param name="follow">False to see a link itself.</param>
    public static FileFacts? Find(string path, bool follow = true) =>
        Posix.Stat([.. Bytes(path), 0], follow, out var facts) == 0 ? facts : null;

    public static bool IsFolder(string path) => Find(path) is { Kind: EntryKind.Folder };

    /// <summary>A name in a folder, for messages; the folder that people are in anyway is not said.</summary>
    public static string Join(string folder, ReadOnlySpan<byte> name)
    {
        var text = ByteText.OfBytes(name);
        return folder is "" or "." ? text : folder.EndsWith('/') ? folder + text : $"{folder}/{text}";
    }
}
