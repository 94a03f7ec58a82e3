namespace Argosy.Files;

/// <summary>What every store holds its accounts to.</summary>
internal static class AccountRules
{
    /// <exception cref="FormatException">An account cannot be kept; the message says which and why.</exception>
    internal static void Require(Account account)
    {
        if (AccountName.Normalize(account.Name) != account.Name) throw Wrong(account, "its name is not in NFKC");
        if (account.Home is { } home && (!Path.IsPathFullyQualified(home) || home.Contains('\0'))) throw Wrong(account, "its home is no absolute path");
        if (account.QuotaBytes < 0 || account.QuotaFiles < 0) throw Wrong(account, "a quota is negative");
        if (account.MaxSessions < 0) throw Wrong(account, "its most sessions are negative");
        if (account.Paths.Any(each => !IsCanonical(each.Path))) throw Wrong(account, "a path is not of the form '/folder/file'");
        if (account.Paths.DistinctBy(each => each.Path).Count() != account.Paths.Count) throw Wrong(account, "a path stands twice");
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
        new($"The account '{AccountName.ForLog(account.Name)}' cannot be kept: {fault}.");
}
