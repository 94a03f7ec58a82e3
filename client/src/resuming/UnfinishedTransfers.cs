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
    /// <param name="folder">It is made with mode 0700. Null: nothing is remembered, and every transfer that was cut begins again.</param>
    public UnfinishedTransfers(string? folder) => Folder = folder is null ? null : LocalPath.Full(folder);

    /// <summary>The folder; null where nothing is remembered.</summary>
    public string? Folder { get; }

    /// <summary>The user's own: <c>transfers</c> in <see cref="UserFolders.State"/>. Remembers nothing where there is no such place.</summary>
    public static UnfinishedTransfers Default => new(UserFolders.State is { } state ? Path.Combine(state, "transfers") : null);

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
        if (Folder is null || LocalPath.Find($"{Folder}/{NameOf(key)}") is null)
            return null;
        using var transfer = TryOpen(key);
        return transfer?.Read();
    }

    /// <summary>Forgets a transfer.</summary>
    internal void Forget(string key)
    {
        using var transfer = TryOpen(key);
        transfer?.Remove();
    }

    /// <summary>What is known of a transfer; null where another process has it, or nothing can be remembered here.</summary>
    internal UnfinishedTransfer? TryOpen(string key)
    {
        if (Folder is null)
            return null;
        LocalFolder? folder = null;
        try
        {
            folder = LocalFolder.Make(Folder);
            Sweep(folder);
            return new UnfinishedTransfer(folder, Encoding.ASCII.GetBytes(NameOf(key)));
        }
        catch (LocalFileException)
        {
            folder?.Dispose();
            return null;
        }
    }

    private static string NameOf(string key) => Convert.ToHexStringLower(SHA256.HashData(ByteText.ToBytes(key)).AsSpan(0, 16));

    private void Sweep(LocalFolder folder)
    {
        lock (_gate)
        {
            if (_isSwept)
                return;
            _isSwept = true;
        }

        // Names are read through a descriptor of their own: a folder gives them once.
        using var names = folder.OpenFolder("."u8.ToArray());
        foreach (var (name, _) in names.ReadNames())
        {
            if (names.Find(name) is { Kind: EntryKind.File } file && file.Modified < DateTimeOffset.UtcNow - Lifetime)
                names.Remove(name);
        }
    }
}
