using System.Security.Cryptography;
using System.Text;

namespace Argosy.Client;

/// <summary>
/// What this machine remembers of transfers that were cut, so that the same call goes on with them: small files in a folder that only
/// their owner can read, one for each pair of a local and a remote place. Those that nobody came back to for 14 days are removed.
/// Processes may use it at the same time; a transfer that one of them has is not continued by another.
/// </summary>
public sealed class UnfinishedTransfers
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);
    private readonly Lock _gate = new();
    private bool _isSwept;

    /// <summary>The memory in a folder, which need not exist yet.</summary>
    /// <param name="folder">It is made with mode 0700.</param>
    public UnfinishedTransfers(string folder) => Folder = Path.GetFullPath(folder);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The user's own: <c>$XDG_STATE_HOME/argosy/transfers</c>, else <c>~/.local/state/argosy/transfers</c>.</summary>
    public static UnfinishedTransfers Default
    {
        get
        {
            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            if (string.IsNullOrEmpty(state) || !Path.IsPathRooted(state))
                state = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
            return new UnfinishedTransfers(Path.Combine(state, "argosy", "transfers"));
        }
    }

    /// <summary>
    /// True where a copy of a folder was begun under a name that did not exist then: the same call means that very place again, and not a
    /// place inside of what it made.
    /// </summary>
    /// <param name="from">Where the folder comes from: a path or a URL.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="isNew">True where <paramref name="to"/> does not exist now; that is remembered.</param>
    public bool IsWhole(string from, string to, bool isNew)
    {
        using var transfer = TryOpen($"folder\n{from}\n{to}");
        if (transfer?.Read() is not null)
            return true;
        if (isNew)
            transfer?.Write(new UnfinishedState());
        else
            transfer?.Remove();
        return isNew;
    }

    /// <summary>The name of an upload.</summary>
    internal static string PutKey(ArgosyUrl url, RemotePath path, string local) => $"put\n{url with { Path = path, Fingerprint = null }}\n{local}";

    /// <summary>The name of a download.</summary>
    internal static string GetKey(ArgosyUrl url, RemotePath path, string local) => $"get\n{url with { Path = path, Fingerprint = null }}\n{local}";

    /// <summary>What was remembered of a transfer, without beginning it; null where nothing was, or another process has it.</summary>
    internal UnfinishedState? Peek(string key)
    {
        if (!File.Exists(PathOf(key)))
            return null;
        using var transfer = TryOpen(key);
        return transfer?.Read();
    }

    /// <summary>Forgets a transfer.</summary>
    internal void Forget(string key) => File.Delete(PathOf(key));

    /// <summary>What is known of a transfer; null where another process has it, or nothing can be remembered here.</summary>
    internal UnfinishedTransfer? TryOpen(string key)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(Folder);
            else
                Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Sweep();
            return new UnfinishedTransfer(PathOf(key));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string PathOf(string key) => Path.Combine(Folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16)));

    private void Sweep()
    {
        lock (_gate)
        {
            if (_isSwept)
                return;
            _isSwept = true;
        }

        foreach (var file in new DirectoryInfo(Folder).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < DateTime.UtcNow - Lifetime)
                file.Delete();
        }
    }
}
