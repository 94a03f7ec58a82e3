namespace Argosy.Client;

/// <summary>What kind of thing an entry is.</summary>
public enum EntryKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A device, FIFO or socket, or a kind that this client does not know.</summary>
    Other,
}
