using System.Text;

namespace Argosy.Client;

/// <summary>
/// The file of pinned servers: lines of <c>host:port sha256:…</c>; empty lines and those that begin with # are kept. Any number of
/// processes may use it at once: a change is made under a lock, in a new file that replaces the old one.
/// </summary>
public sealed class KnownServers
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    /// <summary>The pins in a file, which need not exist yet.</summary>
    /// <param name="path">The file; its folder is made, readable by its owner alone, with the first pin.</param>
    public KnownServers(string path) => Path = System.IO.Path.GetFullPath(path);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The user's own: <c>$XDG_CONFIG_HOME/argosy/known_servers</c>, else <c>~/.config/argosy/known_servers</c>.</summary>
    public static KnownServers Default
    {
        get
        {
            var folder = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME");
            if (string.IsNullOrEmpty(folder) || !System.IO.Path.IsPathRooted(folder))
                folder = System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
            return new KnownServers(System.IO.Path.Combine(folder, "argosy", "known_servers"));
        }
    }

    /// <summary>The pin of <paramref name="authority"/> (<see cref="ArgosyUrl.Authority"/>), or null.</summary>
    /// <exception cref="NotTrustedException">The file has a line for it that cannot be read: a broken pin must not count as none.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public Fingerprint? Find(string authority)
    {
        foreach (var line in ReadLines())
        {
            if (!IsFor(line, authority))
                continue;
            return Fingerprint.TryParse(line.AsSpan(authority.Length).Trim(), out var pin)
                ? pin
                : throw new NotTrustedException(
                    $"The line for {authority} in {Terminal.Escape(Path)} cannot be read. Correct it (host:port sha256:…) or remove it.");
        }

        return null;
    }

    /// <summary>Pins a server, in place of an earlier pin.</summary>
    /// <param name="authority">As for <see cref="Find"/>.</param>
    /// <param name="pin">Its key.</param>
    /// <param name="replaces">What the pin was when the decision was made; when another process has pinned something else meanwhile, that stands.</param>
    /// <param name="cancellationToken">Gives up while another process holds the lock.</param>
    /// <returns>The pin that stands now.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public async Task<Fingerprint> PinAsync(
        string authority, Fingerprint pin, Fingerprint? replaces, CancellationToken cancellationToken = default)
    {
        MakeFolder(System.IO.Path.GetDirectoryName(Path)!);
        await using var guard = await LockAsync(cancellationToken).ConfigureAwait(false);
        var standing = Find(authority);
        if (standing is not null && (standing.Equals(pin) || !standing.Equals(replaces)))
            return standing;
        var lines = ReadLines().Where(line => !IsFor(line, authority)).Append($"{authority} {pin}");
        Replace(string.Concat(lines.Select(line => line + "\n")));
        return pin;
    }

    private static bool IsFor(string line, string authority) =>
        line.Length > authority.Length
        && line[authority.Length] is ' ' or '\t'
        && line.StartsWith(authority, StringComparison.OrdinalIgnoreCase);

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string[] ReadLines()
    {
        try
        {
            return File.ReadAllLines(Path);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    // FileShare.None is flock(2) on Unix, which ends with its holder: a crash leaves no stale lock.
    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var giveUp = Environment.TickCount64 + (long)LockPatience.TotalMilliseconds;
        while (true)
        {
            try
            {
                return new FileStream(Path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException held) when (held is not (FileNotFoundException or DirectoryNotFoundException)
                                           && Environment.TickCount64 < giveUp)
            {
                await Task.Delay(10, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void Replace(string content)
    {
        var fresh = $"{Path}.{Guid.NewGuid():N}";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(fresh, options))
            {
                file.Write(Encoding.UTF8.GetBytes(content));
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, Path, overwrite: true);
        }
        finally
        {
            File.Delete(fresh);
        }
    }
}
