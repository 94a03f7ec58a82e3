namespace Argosy.Files;

/// <summary>What every store holds its accounts to.</summary>
internal static class AccountRules
{
    /// <exception cref="FormatException">An account cannot be kept; the message says which and why.</exception>
    internal static void Require(Account account)
    {
        if (AccountName.Normalize(account.Name) != account.Name) throw Wrong(account, AccountText.NameNotNfkc);
        if (account.Home is { } home && (!Path.IsPathFullyQualified(home) || home.Contains('\0'))) throw Wrong(account, AccountText.HomeNotAbsolute);
        if (account.QuotaBytes < 0 || account.QuotaFiles < 0) throw Wrong(account, AccountText.QuotaNegative);
        if (account.MaxSessions < 0) throw Wrong(account, AccountText.SessionsNegative);
        if (account.Paths.Any(each => !IsCanonical(each.Path))) throw Wrong(account, AccountText.PathForm);
        if (account.Paths.DistinctBy(each => each.Path).Count() != account.Paths.Count) throw Wrong(account, AccountText.PathTwice);
    }

    /// <summary>What becomes of an account by a change that may keep all but its name.</summary>
    /// <exception cref="FormatException">The new one cannot be kept.</exception>
    internal static Account Changed(Account account, Func<Account, Account> change)
    {
        var changed = change(account) with { Name = account.Name };
        Require(changed);
        return changed;
    }

    /// <summary>One spelling only, so that paths can be compared as text: a leading slash, no trailing one, nothing to resolve.</summary>
    private static bool IsCanonical(string path) =>
        path == "/" || (path.StartsWith('/') && path[1..].Split('/').All(part => part is not ("" or "." or "..") && !part.Contains('\0')));

    private static FormatException Wrong(Account account, string fault) =>
        new(AccountText.Unkept(account.Name, fault));
}
