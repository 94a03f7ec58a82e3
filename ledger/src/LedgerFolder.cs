using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace Argosy.Ledger;

/// <summary>
/// Where the files of this room belong: on a disk in memory. What they hold is void after a boot anyway; there nothing is ever written back, and a store into
/// their mapped pages cannot fail, which elsewhere ends the process: a disk that copies on write needs room for every store, however the file was made.
/// </summary>
public static class LedgerFolder
{
    private const string Marker = "data";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// The folder for a data folder: beneath <c>$RUNTIME_DIRECTORY</c> (systemd.exec(5)), <c>/run</c> for root, <c>$XDG_RUNTIME_DIR</c>, or <c>/dev/shm</c>,
    /// the first of them that is in memory; the data folder itself where none is.
    /// </summary>
    /// <param name="data">Absolute.</param>
    public static string For(string data)
    {
        if (!OperatingSystem.IsLinux()) return data;

        var name = $"argosy-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(data))).AsSpan(0, 8))}";
        var user = Native.EffectiveUser();
        return Candidates(user, $"{name}-{user}").FirstOrDefault(folder => IsInMemory(Path.GetDirectoryName(folder)!)) ?? data;

        static IEnumerable<string> Candidates(uint user, string name)
        {
            if (Variable("RUNTIME_DIRECTORY") is { } service) yield return Path.Combine(service, name);
            if (user == 0) yield return Path.Combine("/run", name);
            if (user != 0 && Variable("XDG_RUNTIME_DIR") is { } session) yield return Path.Combine(session, name);
            yield return Path.Combine("/dev/shm", name);
        }
    }

    /// <summary>
    /// Makes the folder for <see cref="For"/>'s <paramref name="data"/>, for its owner alone, and removes those of data folders that are gone.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <param name="data">The data folder; where both are one, nothing is done.</param>
    /// <param name="heir">
    /// The user who serves, where that is not this one: a folder that is theirs already is left alone, also by root, since what lies in it is theirs to
    /// choose.
    /// </param>
    /// <returns>True where the folder is this user's, and is still to be given to the heir.</returns>
    /// <exception cref="IOException">It is a link, a file, or somebody else's, or cannot be made. The message says what to do.</exception>
    public static bool Make(string path, string data, uint? heir = null)
    {
        if (!OperatingSystem.IsLinux() || path == data) return false;
        if (heir is { } user && Native.OwnerOf(path) is { IsFolder: true } given && given.User == user) return false;

        MakePrivate(path, data);
        RemoveStrays(Path.GetDirectoryName(path)!);
        return true;
    }

    /// <summary>Looks whether the folder is there and this user's alone.</summary>
    /// <exception cref="IOException">It is not. The message says what to do.</exception>
    public static void Require(string path)
    {
        if (!OperatingSystem.IsLinux()) return;

        var found = Native.OwnerOf(path)
            ?? throw new IOException($"The folder {path}, in which usage is counted, is gone: restart the server, which makes it.");
        if (!found.IsFolder || found.User != Native.EffectiveUser())
            throw new IOException($"{path}, in which usage is counted, is a link, a file, or belongs to another user: remove it, then start again.");
    }

    [SupportedOSPlatform("linux")]
    private static void MakePrivate(string path, string data)
    {
        if (Native.OwnerOf(path) is null) Try(path, () => Directory.CreateDirectory(path, OwnerOnly));
        Require(path); // Before anything is done in it.
        Try(path, () => File.SetUnixFileMode(path, OwnerOnly));
        Try(path, () => Mark(path, data));
    }

    /// <summary>Whole or not at all: another server may look at this moment whether it is a stray.</summary>
    private static void Mark(string path, string data)
    {
        var draft = Path.Combine(path, $"{Marker}.{Environment.ProcessId}");
        File.WriteAllText(draft, data);
        File.Move(draft, Path.Combine(path, Marker), overwrite: true);
    }

    private static void Try(string path, Action step)
    {
        try
        {
            step();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The folder {path}, in which usage is counted, cannot be made or written to: make room there, or look at its owner.", error);
        }
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name)?.Split(':')[0] is { Length: > 0 } path && Path.IsPathRooted(path) ? path : null;

    private static bool IsInMemory(string folder)
    {
        try
        {
            return Directory.Exists(folder) && new DriveInfo(folder).DriveFormat is "tmpfs" or "ramfs";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>This user's folders whose data folders are gone. Only those: in what others own, they may put links in the way.</summary>
    private static void RemoveStrays(string parent)
    {
        foreach (var folder in Directory.Exists(parent) ? Directory.EnumerateDirectories(parent, "argosy-*") : [])
        {
            try
            {
                if (Native.OwnerOf(folder) is { IsFolder: true } found && found.User == Native.EffectiveUser()
                    && File.ReadAllText(Path.Combine(folder, Marker)) is { Length: > 0 } data && !Directory.Exists(data)) Remove(folder);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Being made or removed by another server at this moment.
            }
        }
    }

    /// <summary>Removes a folder with the files in it, and nothing deeper: what a link in it points to stays.</summary>
    private static void Remove(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder)) File.Delete(file);
        Directory.Delete(folder);
    }
}
