using System.Security.Cryptography;

namespace Argosy.Client;

/// <summary>
/// Where a download goes. It is written beside its final name, in a hidden file that only its owner can read, and takes the name
/// by rename(2) when it is complete and verified; otherwise nothing stays. Names come from the caller, never from the server.
/// </summary>
internal sealed class LocalTarget : IAsyncDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;
    private readonly string _target;
    private readonly string _staged;
    private readonly bool _overwrite;
    private bool _kept;

    private LocalTarget(string target, bool overwrite)
    {
        _target = target;
        _overwrite = overwrite;
        var folder = Path.GetDirectoryName(target)!;
        // Not derived from the name, which may have 255 bytes already.
        _staged = Path.Combine(folder, $".argosy-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        File = new FileStream(_staged, options);
    }

    /// <summary>The staged file.</summary>
    public FileStream File { get; }

    /// <exception cref="IOException">The target exists and may not be replaced, is a folder, or its folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, where permissions say so.</exception>
    public static LocalTarget Create(string path, bool overwrite)
    {
        var target = Path.GetFullPath(path);
        if (Directory.Exists(target))
            throw new IOException($"“{Terminal.Escape(path)}” is a folder; name the file in it.");
        // A link is followed, so that what it points to gets the new content; a dangling one is replaced.
        if (new FileInfo(target) is { Exists: true, LinkTarget: not null } link)
            target = link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        return overwrite || !System.IO.File.Exists(target) ? new LocalTarget(target, overwrite) : throw Exists(path);
    }

    /// <summary>Gives the file its time, permissions and name.</summary>
    public async ValueTask KeepAsync(Fetched fetched)
    {
        await File.DisposeAsync().ConfigureAwait(false);
        if (!OperatingSystem.IsWindows())
            System.IO.File.SetUnixFileMode(_staged, FinalMode(fetched.Mode));
        System.IO.File.SetLastWriteTimeUtc(_staged, fetched.Modified.UtcDateTime);
        try
        {
            System.IO.File.Move(_staged, _target, _overwrite);
        }
        catch (IOException) when (!_overwrite && System.IO.File.Exists(_target))
        {
            throw Exists(_target);
        }

        _kept = true;
    }

    /// <summary>Removes what was not kept.</summary>
    public async ValueTask DisposeAsync()
    {
        await File.DisposeAsync().ConfigureAwait(false);
        if (!_kept)
            System.IO.File.Delete(_staged);
    }

    private static IOException Exists(string path) => new($"“{Terminal.Escape(path)}” exists already and was left alone.");

    // A file that is replaced keeps its permissions; a new one has the server's, less what the umask denies and without set-id bits.
    private UnixFileMode FinalMode(UnixFileMode? remote)
    {
        if (!OperatingSystem.IsWindows() && System.IO.File.Exists(_target))
            return System.IO.File.GetUnixFileMode(_target) & Permissions;
        return (remote ?? (UnixFileMode)0b110_110_110) & Permissions & ~FileCreationMask.Value;
    }
}
