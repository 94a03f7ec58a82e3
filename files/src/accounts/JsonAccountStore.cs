using Microsoft.Extensions.Logging;
using Accounts = System.Collections.Immutable.ImmutableSortedDictionary<string, Argosy.Files.Account>;

namespace Argosy.Files;

/// <summary>
/// Accounts in one JSON file of the data folder, replaced as a whole, read by any number of processes. Changing it is one
/// process's turn at a time, by a lock file beside it.
/// </summary>
public sealed class JsonAccountStore : IAccountStore
{
    /// <summary>The file's name in the data folder.</summary>
    public const string FileName = "accounts.json";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly ILogger _log;
    private readonly Lock _reading = new();
    private Snapshot _now;

    /// <summary>Reads <c>accounts.json</c> in <paramref name="folder"/>; where there is none, there are no accounts yet.</summary>
    /// <exception cref="AccountStoreException">It cannot be read or is malformed.</exception>
    public JsonAccountStore(string folder, ILogger<JsonAccountStore> log)
    {
        _path = Path.Combine(Path.GetFullPath(folder), FileName);
        _log = log;
        _now = Read();
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public Account? Find(string name) => Volatile.Read(ref _now).Accounts.GetValueOrDefault(name);

    /// <inheritdoc/>
    public IReadOnlyList<Account> List() => [.. Volatile.Read(ref _now).Accounts.Values];

    /// <inheritdoc/>
    public void SaveAll(IReadOnlyList<Account> accounts)
    {
        foreach (var account in accounts) AccountRules.Require(account);

        Change(all => all.SetItems(accounts.Select(each => KeyValuePair.Create(each.Name, each))));
    }

    /// <inheritdoc/>
    public Account? Change(string name, Func<Account, Account> change)
    {
        Account? changed = null;
        Change(all =>
        {
            if (!all.TryGetValue(name, out var account)) return all;
            changed = AccountRules.Changed(account, change);
            return all.SetItem(name, changed);
        });
        return changed;
    }

    /// <inheritdoc/>
    public bool Remove(string name) => Change(all => all.Remove(name));

    /// <inheritdoc/>
    public void Reload()
    {
        bool changed;
        lock (_reading)
        {
            var before = _now;
            if (before.IsCurrent(_path)) return;

            try
            {
                _now = Read();
            }
            catch (AccountStoreException e)
            {
                // Said once per version of the file; until it is mended, what was true stays true.
                _now = before with { Stamp = FileStamp.Of(_path) };
                if (before.Stamp != _now.Stamp) _log.LogError("The accounts stay as they were: {Reason}", e.Message);
                return;
            }

            changed = !before.Content.AsSpan().SequenceEqual(_now.Content);
        }

        if (changed) Changed?.Invoke();
    }

    /// <summary>Read, change, write, while no other process does; false where nothing is different.</summary>
    private bool Change(Func<Accounts, Accounts> change)
    {
        lock (_reading)
        {
            using var turn = TakeTurn();
            var before = Read();
            var after = change(before.Accounts);
            if (ReferenceEquals(before.Accounts, after)) return false;

            try
            {
                DurableFile.Replace(_path, AccountsJson.Write(after.Values));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new AccountStoreException($"{_path} cannot be written: {e.Message}", e);
            }

            _now = Read();
        }

        Changed?.Invoke();
        return true;
    }

    private Snapshot Read()
    {
        try
        {
            // The stamp first: a change between the two is then seen as one.
            var stamp = FileStamp.Of(_path);
            var content = stamp.Exists ? File.ReadAllBytes(_path) : [];
            var accounts = stamp.Exists ? AccountsJson.Read(content, _path) : [];
            return new Snapshot(stamp, content, Accounts.Empty.WithComparers(StringComparer.Ordinal).AddRange(accounts.Select(each => KeyValuePair.Create(each.Name, each))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AccountStoreException($"{_path} cannot be read: {e.Message}", e);
        }
    }

    private FileStream TakeTurn()
    {
        var path = _path + ".lock";
        for (var since = Environment.TickCount64; ;)
        {
            try
            {
                // FileShare.None is a kernel lock, so a killed holder leaves none. Nobody reads or removes this file.
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (Exception e) when (e is UnauthorizedAccessException or DirectoryNotFoundException)
            {
                throw new AccountStoreException($"{path} cannot be opened: {e.Message}", e);
            }
            catch (IOException e)
            {
                if (Environment.TickCount64 - since > Patience.TotalMilliseconds)
                    throw new AccountStoreException($"Another process has been changing {_path} for {Patience.TotalSeconds} s: end it, then try again. {e.Message}", e);

                Thread.Sleep(5);
            }
        }
    }

    /// <summary>One version of the file.</summary>
    private sealed record Snapshot(FileStamp Stamp, byte[] Content, Accounts Accounts)
    {
        internal bool IsCurrent(string path) => Stamp.IsSettled && FileStamp.Of(path) == Stamp;
    }
}
