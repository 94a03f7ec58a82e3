using System.Collections.Immutable;

namespace Argosy.Files;

/// <summary>Accounts that live as long as this process: for embedding and tests.</summary>
public sealed class MemoryAccountStore : IAccountStore
{
    private Snapshot _now = new(0, ImmutableSortedDictionary.Create<string, Account>(StringComparer.Ordinal));

    /// <summary>A store that holds <paramref name="accounts"/>.</summary>
    public MemoryAccountStore(params IReadOnlyList<Account> accounts) => SaveAll(accounts);

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
        // Nobody else can change it.
    }

    private bool Change(Func<ImmutableSortedDictionary<string, Account>, ImmutableSortedDictionary<string, Account>> change)
    {
        for (var before = Volatile.Read(ref _now); ;)
        {
            var after = change(before.Accounts);
            if (ReferenceEquals(after, before.Accounts)) return false;

            var seen = Interlocked.CompareExchange(ref _now, new Snapshot(before.Version + 1, after), before);
            if (ReferenceEquals(seen, before)) break;
            before = seen;
        }

        Changed?.Invoke();
        return true;
    }

    private sealed record Snapshot(long Version, ImmutableSortedDictionary<string, Account> Accounts);
}
