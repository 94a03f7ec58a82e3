namespace Argosy.Files;

/// <summary>What kind of thing an entry is.</summary>
public enum EntryKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A device, FIFO or socket: listed, never opened.</summary>
    Other,
}

/// <summary>One entry of a folder, or what <see cref="FileSession.FindAsync"/> found.</summary>
/// <param name="Name">The last component's bytes; empty for the home itself.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Bytes (st_size); 0 for anything but files.</param>
/// <param name="Modified">Modification time, whole microseconds, UTC.</param>
/// <param name="Mode">Permission bits, 0 to 0o7777.</param>
/// <param name="LinkTarget">A link's target bytes, else null.</param>
/// <param name="Revision">Which version of a file this is: another one, or the same after a change in place, has another. At most 64
/// ASCII characters; null where the storage cannot tell.</param>
public sealed record FileEntry(
    ReadOnlyMemory<byte> Name,
    EntryKind Kind,
    long Size,
    DateTime Modified,
    int Mode,
    ReadOnlyMemory<byte>? LinkTarget = null,
    string? Revision = null);
