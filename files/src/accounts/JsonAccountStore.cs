using Microsoft.Extensions.Logging;
using Accounts = System.Collections.Immutable.ImmutableSortedDictionary<string, Argosy.Files.Account>;

namespace Argosy.Files;

/// <summary>
/// Accounts in one JSON file of the data folder, replaced as a whole, read by any number of processes. Changing it is one
/// process's turn at a time, by a lock file beside it. The file may be a link of its operator's (see <see cref="OwnFile.Follow"/>): it stays one.
/// </summary>
public sealed class JsonAccountStore : IAccountStore
{
    /// <summary>The file's name in the data folder.</summary>
    public const string FileName = "accounts.json";

    // Each change is synced, and on a busy disk many at once take their turns slowly.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Between two looks at the content of a file that was written a moment ago: logins look at its stamp, each of them.
    private static readonly TimeSpan Doubt = TimeSpan.FromMilliseconds(200);

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
        _now = Read(version: 0);
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public long Version => Volatile.Read(ref _now).Version;

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
        if (Volatile.Read(ref _now).IsCurrent(_path)) return;

        bool changed;
        lock (_reading)
        {
            var before = _now;
            if (before.IsCurrent(_path)) return;

            try
            {
                _now = Read(before.Version + 1);
            }
            catch (AccountStoreException e)
            {
                // Said once per version of the file; until it is mended, what was true stays true.
                _now = before with { Stamp = FileStamp.Of(_path), Taken = DateTime.UtcNow };
                if (before.Stamp != _now.Stamp) _log.LogError("The accounts stay as they were: {Reason}", e.Message);
                return;
            }

            changed = !before.Content.AsSpan().SequenceEqual(_now.Content);
            if (!changed) _now = before with { Stamp = _now.Stamp, Taken = _now.Taken };
        }

        if (changed) Changed?.Invoke();
    }

    /// <summary>Read, change, write, while no other process does; false where nothing is different.</summary>
    private bool Change(Func<Accounts, Accounts> change)
    {
        // Before the gate: logins of this process read on meanwhile.
        using (TakeTurn())
        {
            if (!ChangeInTurn(change)) return false;
        }

        Changed?.Invoke();
        return true;
    }

    private bool ChangeInTurn(Func<Accounts, Accounts> change)
    {
        lock (_reading)
        {
            var before = Read(_now.Version + 1);
            var after = change(before.Accounts);
            if (ReferenceEquals(before.Accounts, after)) return false;

            try
            {
                DurableFile.Replace(Follow(), AccountsJson.Write(after.Values));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new AccountStoreException(AccountText.Unwritten(IoFault.Describe(e, _path)), e);
            }

            _now = Read(before.Version);
            return true;
        }
    }

    private Snapshot Read(long version)
    {
        try
        {
            // The stamp first: a change between the two is then seen as one.
            var (stamp, taken) = (FileStamp.Of(_path), DateTime.UtcNow);
            var found = OperatingSystem.IsLinux() ? OwnFile.Read(Follow()) : File.Exists(_path) ? File.ReadAllBytes(_path) : null;
            var accounts = found is null ? [] : AccountsJson.Read(found, _path);
            return new Snapshot(
                version, stamp, taken, found ?? [], Accounts.Empty.WithComparers(StringComparer.Ordinal).AddRange(accounts.Select(each => KeyValuePair.Create(each.Name, each))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AccountStoreException(AccountText.Unread(IoFault.Describe(e, _path)), e);
        }
    }

    private string Follow() => OperatingSystem.IsLinux() ? OwnFile.Follow(_path) : _path;

    private IDisposable TakeTurn()
    {
        var path = _path + ".lock";
        try
        {
            // A kernel lock, so a killed holder leaves none. Nobody reads or removes this file.
            return TurnFile.Take(path, Patience) ?? throw new AccountStoreException(
                AccountText.Busy(_path, Patience));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AccountStoreException(AccountText.Unchanged(IoFault.Describe(e, path)), e);
        }
    }

    /// <summary>One version of the file.</summary>
    private sealed record Snapshot(long Version, FileStamp Stamp, DateTime Taken, byte[] Content, Accounts Accounts)
    {
        internal bool IsCurrent(string path)
        {
            var now = DateTime.UtcNow;
            return FileStamp.Of(path) == Stamp && (Stamp.IsSettledAt(Taken) || (now - Taken).Duration() < Doubt);
        }
    }
}
