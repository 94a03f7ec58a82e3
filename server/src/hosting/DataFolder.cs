namespace Argosy.Server;

/// <summary>
/// The folder where a server keeps accounts, certificate and usage. Only its user may enter it, and only one server uses it
/// at a time; tools such as <c>argosy user</c> may work in it beside the server.
/// </summary>
public sealed class DataFolder : IDisposable
{
    private const string LockName = "server.lock";
    private const string HolderName = "server.pid";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Others = (UnixFileMode)0b111_111;

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream lockFile) => (Path, _lock) = (path, lockFile);

    /// <summary>Where it is by default: <c>$XDG_STATE_HOME/argosy</c>, else <c>~/.local/state/argosy</c>; for root <c>/var/lib/argosy</c>.</summary>
    public static string DefaultPath =>
        Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows() ? "/var/lib/argosy" : System.IO.Path.Combine(StateHome, "argosy");

    // XDG Base Directory Specification: a relative path in the variable is ignored.
    private static string StateHome =>
        Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { } state && System.IO.Path.IsPathRooted(state)
            ? state
            : System.IO.Path.GetFullPath(System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state"));

    /// <summary>Its absolute path.</summary>
    public string Path { get; }

    /// <summary>Makes the folder where it is missing and keeps everybody else out of it.</summary>
    /// <returns>True where it was made.</returns>
    /// <exception cref="StartException">It cannot be made or entered, or is a folder of something else that others may read.</exception>
    public static bool Ensure(string path)
    {
        try
        {
            var made = !Directory.Exists(path);
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
            else EnsurePrivate(path, made);
            return made;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException(
                StartText.DataUnusable(path, SystemReason.Of(error)), error);
        }
    }

    /// <summary>Only its owner serves with a data folder: root would follow what another user left in it, and could not hand it on.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="user">Who will serve; null for who runs this process.</param>
    /// <exception cref="StartException">It is another user's.</exception>
    internal static void RequireOwner(string path, SystemUser? user)
    {
        if (!OperatingSystem.IsLinux() || user is not null) return;
        var owner = Privileges.OwnerOf(path).UserId;
        var current = Privileges.CurrentUserId;
        if (owner == current) return;
        var name = Privileges.NameOf(owner);
        throw new StartException(current == 0
            ? StartText.DataForeignToRoot(path, name)
            : StartText.DataForeign(path, name));
    }

    /// <summary>Takes the folder for this server; dispose to leave it to the next one. A lock whose server died is free at once.</summary>
    /// <exception cref="StartException">Another server uses it.</exception>
    public static DataFolder Take(string path)
    {
        var (holder, name) = (System.IO.Path.Combine(path, HolderName), System.IO.Path.Combine(path, LockName));
        try
        {
            if (new FileInfo(name).LinkTarget is not null)
                throw new StartException(StartText.LockIsALink(name));
            var lockFile = new FileStream(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            WriteHolder(holder);
            return new DataFolder(path, lockFile);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new StartException(StartText.DataUnusable(path, SystemReason.Of(error)), error);
        }
        catch (IOException error) when (!IsInUse(error))
        {
            throw new StartException(StartText.DataUnusable(path, SystemReason.Of(error)), error);
        }
        catch (IOException error)
        {
            throw new StartException(
                StartText.DataInUse(path, Holder(holder)), error);
        }
    }

    // EWOULDBLOCK of flock(2), which is what .NET asks, or its own exception for a file of another process.
    private static bool IsInUse(IOException error) => error.GetType() == typeof(IOException) && error.HResult is 11 or unchecked((int)0x80070020);

    private static string Holder(string holder)
    {
        try
        {
            return int.TryParse(File.ReadAllText(holder), out var process) ? $" (process {process})" : "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    // Nobody needs it but people, so a full disk keeps no server from starting. It is replaced and not written into: whoever serves owns the folder,
    // and what lies there under this name may be a link.
    private static void WriteHolder(string holder)
    {
        try
        {
            PrivateFile.Write(holder, $"{Environment.ProcessId}\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            PrivateFile.TryDelete(holder); // It names a process that is gone.
        }
    }

    /// <summary>Gives what root has written in the folder to the folder's owner: the server that runs as that user has to read it.</summary>
    public static void KeepOwner(string path)
    {
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess) Privileges.GiveFolder(path, Privileges.OwnerOf(path));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        PrivateFile.TryDelete(System.IO.Path.Combine(Path, HolderName));
        _lock.Dispose();
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void EnsurePrivate(string path, bool make)
    {
        if (make)
        {
            Directory.CreateDirectory(path, OwnerOnly);
            return;
        }

        var mode = File.GetUnixFileMode(path);
        if ((mode & Others) == 0) return;
        if (Directory.EnumerateFileSystemEntries(path).Any() && !File.Exists(System.IO.Path.Combine(path, LockName)))
            throw new StartException(StartText.DataOpen(path));
        File.SetUnixFileMode(path, mode & ~Others);
    }
}
