using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Client;

/// <summary>
/// The file of pinned servers: lines of <c>host:port sha256:…</c>; empty lines and those that begin with # are kept. Any number of
/// processes may use it at once: a change is made under a lock, in a new file that replaces the old one.
/// </summary>
public sealed class KnownServers
{
    // Many thousand lines; what is larger is no such file.
    private const int Most = 64 * 1024 * 1024;
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    /// <summary>The pins in a file, which need not exist yet.</summary>
    /// <param name="path">
    /// The file; its folder is made, readable by its owner alone, with the first pin. A link is kept, and what it leads to is changed, where both are the
    /// user's own. Null: no pin is known, and none is kept.
    /// </param>
    public KnownServers(string? path) => Path = path is null ? null : LocalPath.Full(path);

    /// <summary>The file; null where no pins are kept.</summary>
    public string? Path { get; }

    /// <summary>The user's own: <c>known_servers</c> in <see cref="UserFolders.Config"/>. Keeps nothing where there is no such place.</summary>
    public static KnownServers Default => new(UserFolders.Config is { } folder ? System.IO.Path.Combine(folder, "known_servers") : null);

    /// <summary>The pin of <paramref name="authority"/> (<see cref="ArgosyUrl.Authority"/>), or null.</summary>
    /// <exception cref="NotTrustedException">The file has a line for it that cannot be read: a broken pin must not count as none.</exception>
    /// <exception cref="LocalFileException">The file cannot be read.</exception>
    public Fingerprint? Find(string authority)
    {
        foreach (var line in ReadLines())
        {
            if (!IsFor(line, authority))
                continue;
            return Fingerprint.TryParse(line.AsSpan(authority.Length).Trim(), out var pin)
                ? pin
                : throw new NotTrustedException(
                    $"The line for {authority} in {Terminal.Escape(Path!)} cannot be read. Correct it (host:port sha256:…) or remove it.");
        }

        return null;
    }

    /// <summary>Pins a server, in place of an earlier pin.</summary>
    /// <param name="authority">As for <see cref="Find"/>.</param>
    /// <param name="pin">Its key.</param>
    /// <param name="replaces">What the pin was when the decision was made; when another process has pinned something else meanwhile, that stands.</param>
    /// <param name="cancellationToken">Gives up while another process holds the lock.</param>
    /// <returns>The pin that stands now.</returns>
    /// <exception cref="LocalFileException">The file cannot be written.</exception>
    public async Task<Fingerprint> PinAsync(
        string authority, Fingerprint pin, Fingerprint? replaces, CancellationToken cancellationToken = default)
    {
        if (Path is null)
            return pin;
        using var place = FindPlace(Path);
        using var guard = await LockAsync(place, cancellationToken).ConfigureAwait(false);
        var standing = Find(authority);
        if (standing is not null && (standing.Equals(pin) || !standing.Equals(replaces)))
            return standing;
        var lines = ReadLines().Where(line => !IsFor(line, authority)).Append($"{authority} {pin}");
        Replace(place, ByteText.ToBytes(string.Concat(lines.Select(line => line + "\n"))));
        return pin;
    }

    private static bool IsFor(string line, string authority) =>
        line.Length > authority.Length
        && line[authority.Length] is ' ' or '\t'
        && line.StartsWith(authority, StringComparison.OrdinalIgnoreCase);

    // The folder with the file itself: where a link leads, the link stays what it is.
    private static LocalPlace FindPlace(string path)
    {
        LocalFolder.Make(LocalPath.Folder(path)).Dispose();
        var isLink = LocalPath.Find(path, follow: false) is { Kind: EntryKind.Link };
        var place = LocalPlace.Find(path, isDanglingFollowed: true);
        if (!isLink || (IsOwn(LocalPath.Find(path, follow: false)) && IsOwn(place.Folder.Find(place.Name) ?? place.Folder.Facts)))
            return place;
        place.Dispose();
        throw new LocalFileException(LocalFault.Link, path, "is a link to what is not your own; it is not changed");
    }

    private static bool IsOwn(FileFacts? facts) => facts is { Owner: var owner } && owner == Posix.User;

    // Bytes that are no UTF-8, in lines that somebody else wrote, stay as they are.
    private string[] ReadLines()
    {
        if (Path is null)
            return [];
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("A file of known servers needs Linux; say the fingerprint, and new KnownServers(null).");
        // "Nothing there" and "may not be seen" are two things: a pin that cannot be read must not count as none.
        var result = Posix.Stat([.. LocalPath.Bytes(Path), 0], follow: true, out var facts);
        if (result is Posix.NotFound or Posix.NotAFolder)
            return [];
        if (result < 0)
            throw LocalErrors.Make(-result, Path, isWritten: false);
        if (facts.Kind != EntryKind.File || facts.Size > Most)
            throw new LocalFileException(LocalFault.NotAFile, Path, "is no list of known servers");
        using var folder = LocalFolder.Open(LocalPath.Folder(Path));
        using var file = folder.OpenFile(LocalPath.Bytes(LocalPath.Name(Path)), out facts, follow: true);
        if (file is null)
            return [];
        using var content = new MemoryStream();
        using (var stream = new LocalStream(file, FileAccess.Read, Path))
            stream.CopyTo(content);
        return ByteText.OfBytes(content.GetBuffer().AsSpan(0, (int)content.Length)).Split('\n', StringSplitOptions.None) switch
        {
            [.. var lines, ""] => [.. lines.Select(line => line.TrimEnd('\r'))],
            var lines => [.. lines.Select(line => line.TrimEnd('\r'))],
        };
    }

    private static async Task<SafeFileHandle> LockAsync(LocalPlace place, CancellationToken cancellationToken)
    {
        var giveUp = Environment.TickCount64 + (long)LockPatience.TotalMilliseconds;
        byte[] name = [.. place.Name, .. ".lock"u8];
        var file = place.Folder.OpenOrCreateFile(name);
        while (!Posix.TryLock(file))
        {
            if (Environment.TickCount64 >= giveUp)
            {
                file.Dispose();
                throw new LocalFileException(LocalFault.InUse, place.Folder.PlaceOf(name), "is held by another program");
            }

            await Task.Delay(10, cancellationToken).ConfigureAwait(false);
        }

        return file;
    }

    private static void Replace(LocalPlace place, byte[] content)
    {
        byte[] fresh = [.. place.Name, .. Encoding.ASCII.GetBytes($".{Guid.NewGuid():N}")];
        try
        {
            using (var file = place.Folder.CreateFile(fresh, place.Name) ?? throw LocalErrors.Make(17, place.Folder.PlaceOf(fresh), isWritten: true))
            {
                using var stream = new LocalStream(file, FileAccess.Write, place.Folder.PlaceOf(place.Name));
                stream.Write(content);
                RandomAccess.FlushToDisk(file);
            }

            place.Folder.Rename(fresh, place.Name, overwrite: true);
        }
        catch
        {
            place.Folder.Remove(fresh);
            throw;
        }
    }
}
