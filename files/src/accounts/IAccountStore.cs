namespace Argosy.Files;

/// <summary>Where accounts are kept. Thread-safe.</summary>
public interface IAccountStore
{
    /// <summary>The account of that name (already NFKC), or null. In memory: never waits.</summary>
    Account? Find(string name);

    /// <summary>All accounts, by name in ordinal order.</summary>
    IReadOnlyList<Account> List();

    /// <summary>
    /// Another number after every change that this process knows of, by whomever, and never one that was before. Who reads it and then
    /// <see cref="List"/> gets accounts that are at least as new.
    /// </summary>
    long Version { get; }

    /// <summary>Adds or replaces several: all or none.</summary>
    /// <exception cref="FormatException">A name is none, or not in NFKC.</exception>
    /// <exception cref="AccountStoreException">The store cannot be read or written; nothing changed.</exception>
    void SaveAll(IReadOnlyList<Account> accounts);

    /// <summary>Changes one as it stands at that moment, atomically and durably, so that nobody else's change to it is lost.</summary>
    /// <param name="name">As <see cref="AccountName.Normalize"/> returns it.</param>
    /// <param name="change">Makes the new one of the old one, of the same name. It may be called more than once.</param>
    /// <returns>The account as it is now; null where there is none of that name.</returns>
    /// <exception cref="FormatException">The new one cannot be kept.</exception>
    /// <exception cref="AccountStoreException">The store cannot be read or written; nothing changed.</exception>
    Account? Change(string name, Func<Account, Account> change);

    /// <summary>Removes one; true where there was one.</summary>
    /// <exception cref="AccountStoreException">The store cannot be read or written; nothing changed.</exception>
    bool Remove(string name);

    /// <summary>
    /// Reads again what another process may have changed; raises <see cref="Changed"/> when something did. Cheap when nothing did: it is
    /// called at every login. What cannot be read is logged, and the accounts stay as they were.
    /// </summary>
    void Reload();

    /// <summary>Accounts were changed, by this process or another.</summary>
    event Action? Changed;
}
