namespace Argosy.Files;

/// <summary>Whether an account may come in, or stay.</summary>
internal static class Admission
{
    /// <summary>Why a login is refused though its password was right, for the log; null where it is not.</summary>
    internal static string? Refusal(Account account, SessionOrigin origin, DateTimeOffset now)
    {
        if (!account.Enabled) return "the account is disabled";
        if (account.Expires <= now) return "the account has expired";

        return NetworkText.Allows(account.Networks, origin.Address) ? null : "the account may not come from there";
    }

    /// <summary>Why a session that began under <paramref name="before"/> may not go on under <paramref name="after"/>; null where it may.</summary>
    internal static string? Ending(Account before, Account? after, SessionOrigin origin, DateTimeOffset now)
    {
        if (after is null) return "the account was removed";
        if (Refusal(after, origin, now) is { } refusal) return refusal;
        if (ReferenceEquals(before, after)) return null;
        if (!Equals(before.Verifier, after.Verifier)) return "its password was changed";
        if (before.Home != after.Home) return "its home was changed";

        var same = before.Permissions == after.Permissions && before.Paths.SequenceEqual(after.Paths);
        return same ? null : "its permissions were changed";
    }
}
