using Argosy.Wire;

namespace Argosy.Client;

/// <summary>What the wire says of entries, believed only where it makes sense.</summary>
internal static class Entries
{
    // What no link on any disk of Linux exceeds (symlink(7): PATH_MAX with its NUL). Entries are held by the thousand, to be sorted.
    private const int LongestTarget = 4095;

    /// <exception cref="NotVerifiedException">A name that can be no entry of a folder, or a value is missing.</exception>
    public static RemoteEntry Read(ListLine line)
    {
        if (line.Name is not { Length: > 0 and <= 255 } name || name.AsSpan().ContainsAny((byte)'/', (byte)0)
            || name.AsSpan().SequenceEqual("."u8) || name.AsSpan().SequenceEqual(".."u8))
            throw new NotVerifiedException("The server lists a name that cannot be one. The listing is not used.");
        return Make(RemotePath.FromBytes(name), line.Type, line.Size, line.MTime, line.Mode, line.Target);
    }

    public static RemoteEntry Read(Reply reply, RemotePath path) =>
        Make(reply.Path is { } known ? Path(known) : path, reply.Type, reply.Size, reply.MTime, reply.Mode, reply.Target) with
        {
            Revision = Revision(reply),
        };

    /// <summary>A file's version; one that is too long to be remembered is none.</summary>
    public static string? Revision(Reply reply) => reply.Revision is { Length: > 0 and <= 64 } revision ? revision : null;

    public static UnfinishedUpload ReadUpload(ListLine line) =>
        line.Upload is { Length: > 0 and <= 64 } id && id.All(IsIdCharacter) && line.Path is not null
        && line.Received is { } received && Times.FromWire(line.MTime) is { } modified
            ? new UnfinishedUpload(id, Path(line.Path), received, line.Size, modified)
            : throw new NotVerifiedException("The server lists an upload that cannot be one. The listing is not used.");

    public static Quota ReadQuota(Reply reply) => reply is { Bytes: { } bytes, Files: { } files }
        ? new Quota(bytes, files, reply.BytesLimit, reply.FilesLimit)
        : throw new NotVerifiedException("The server's answer lacks what was asked for. Try again.");

    private static bool IsIdCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-';

    private static RemoteEntry Make(RemotePath name, EntryType? type, long? size, long? modified, int? mode, byte[]? target) =>
        type is null
            ? throw new NotVerifiedException($"The server does not say what {name} is. The answer is not used.")
            : new RemoteEntry(
                name, Kind(type.Value), size ?? 0, Times.FromWire(modified) ?? DateTimeOffset.UnixEpoch,
                (UnixFileMode)((mode ?? 0) & 0xfff), type == EntryType.Link && target is not null ? Target(target) : default(RemotePath?));

    private static RemotePath Target(byte[] bytes) => bytes.Length <= LongestTarget
        ? Path(bytes)
        : throw new NotVerifiedException("The server's answer holds a link that is longer than one can be. The answer is not used.");

    private static RemotePath Path(byte[] bytes) => bytes.AsSpan().Contains((byte)0)
        ? throw new NotVerifiedException("The server's answer holds a name with a NUL. The answer is not used.")
        : RemotePath.FromBytes(bytes);

    private static EntryKind Kind(EntryType type) => type switch
    {
        EntryType.File => EntryKind.File,
        EntryType.Folder => EntryKind.Folder,
        EntryType.Link => EntryKind.Link,
        _ => EntryKind.Other,
    };
}
