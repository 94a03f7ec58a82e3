using System.Collections.Immutable;

namespace Argosy.Files;

/// <summary>Accounts that live as long as this process: for embedding and tests.</summary>
public sealed class MemoryAccountStore : IAccountStore
{
    private ImmutableSortedDictionary<string, Account> _accounts = ImmutableSortedDictionary.Create<string, Account>(StringComparer.Ordinal);

    /// <summary>A store that holds <paramref name="accounts"/>.</summary>
    public MemoryAccountStore(params IReadOnlyList<Account> accounts) => SaveAll(accounts);

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public Account? Find(string name) => _accounts.GetValueOrDefault(name);

    /// <inheritdoc/>
    public IReadOnlyList<Account> List() => [.. _accounts.Values];

    /// <inheritdoc/>
    public void SaveAll(IReadOnlyList<Account> accounts)
    {
        foreach (var account in accounts) AccountRules.Require(account);

        ImmutableInterlocked.Update(ref _accounts, static (all, added) => all.SetItems(added.Select(each => KeyValuePair.Create(each.Name, each))), accounts);
        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public Account? Change(string name, Func<Account, Account> change)
    {
        Account? changed = null;
        ImmutableInterlocked.Update(ref _accounts, all =>
        {
            if (!all.TryGetValue(name, out var account)) return all;
            changed = AccountRules.Changed(account, change);
            return all.SetItem(name, changed);
        });
        if (changed is not null) Changed?.Invoke();
        return changed;
    }

    /// <inheritdoc/>
    public bool Remove(string name)
    {
        if (!ImmutableInterlocked.Update(ref _accounts, static (all, gone) => all.Remove(gone), name)) return false;

        Changed?.Invoke();
        return true;
    }

    /// <inheritdoc/>
    public void Reload()
    {
        // Nobody else can change it.
    }
}
