namespace Argosy.Files;

/// <summary>What tells one version of a small file from the next without reading it.</summary>
/// <param name="Exists">Whether there is a file.</param>
/// <param name="Modified">Its modification time, UTC.</param>
/// <param name="Length">Its bytes.</param>
internal readonly record struct FileStamp(bool Exists, DateTime Modified, long Length)
{
    // A file system's clock ticks in milliseconds (seconds, on some): within one tick two versions may bear the same time.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    /// <summary>When the stamp was taken, UTC.</summary>
    private readonly DateTime _taken = DateTime.UtcNow;

    /// <summary>False while another version could bear the same stamp: then the content decides.</summary>
    internal bool IsSettled => !Exists || (_taken - Modified).Duration() > Tick;

    internal static FileStamp Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileStamp(true, file.LastWriteTimeUtc, file.Length) : default;
    }

    /// <summary>Same version, as far as the stamp tells.</summary>
    public bool Equals(FileStamp other) => (Exists, Modified, Length) == (other.Exists, other.Modified, other.Length);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Exists, Modified, Length);
}
