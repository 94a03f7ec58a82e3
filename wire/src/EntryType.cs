namespace Argosy.Wire;

/// <summary>What a name in a listing stands for (<c>type</c>).</summary>
public enum EntryType
{
    /// <summary>A device, FIFO, socket, or something that a later version names.</summary>
    Other,

    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Link,
}
