namespace Argosy.Files;

/// <summary>Why there is no session, or no longer.</summary>
internal static class SessionText
{
    public const string LoginFailed = "Unknown name or wrong password.";
    public const string NoVisitors = "Anonymous access is off: log in with an account.";
    public const string TooManyLogins = "Too many logins at this moment; try again.";
    public const string TooManyVisitors = "As many visitors as there may be; try again later.";
    public const string AnotherHasToEnd = "Another session has to end first; try again in a moment.";
    public const string Ended = "The account was changed, disabled or removed; log in again.";

    public static string TooManySessions(int most) => $"This account has as many sessions as it may have ({most}); close another one, or try again later.";
}
