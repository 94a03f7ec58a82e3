namespace Argosy.Files;

/// <summary>What every account store can do because it can do more.</summary>
public static class AccountStoreExtensions
{
    /// <summary>Adds or replaces one, atomically and durably.</summary>
    /// <exception cref="FormatException">Its name is none, or not in NFKC.</exception>
    /// <exception cref="AccountStoreException">The store cannot be read or written; nothing changed.</exception>
    public static void Save(this IAccountStore store, Account account) => store.SaveAll([account]);
}
