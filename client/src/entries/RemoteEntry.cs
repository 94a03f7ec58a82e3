namespace Argosy.Client;

/// <summary>A file, folder or link on the server.</summary>
/// <param name="Name">In a listing its name in the folder, one component; else the path by which the server knows it. Bytes as the server keeps them.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Bytes; 0 for anything but files.</param>
/// <param name="Modified">Modification time, whole microseconds.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="LinkTarget">Where a link points; else null.</param>
/// <param name="Revision">Which version of a file this is, in the server's words: another one has another. Null in listings, and where the
/// server cannot tell.</param>
public sealed record RemoteEntry(
    RemotePath Name, EntryKind Kind, long Size, DateTimeOffset Modified, UnixFileMode Mode, RemotePath? LinkTarget = null,
    string? Revision = null);
