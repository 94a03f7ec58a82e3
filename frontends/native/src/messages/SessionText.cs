namespace Argosy.Native;

/// <summary>Why a connection is not served, or no longer.</summary>
internal static class SessionText
{
    public const string LoginFirst = "Log in first: there is no anonymous access here.";
    public const string LoginFailed = "Unknown name or wrong password.";
    public const string TooManyLogins = "Too many logins were begun and not ended.";
    public const string LoggedIn = "This connection has logged in already.";
    public const string SessionEnded = "The account was changed, disabled or removed; log in again.";
    public const string Stopping = "The server is going down; try again later.";
    public const string Busy = "The server has too many connections; try again later.";
    public const string Banned = "Too many logins from your address failed: it is refused for a while. Try again later, or ask the server's operator.";
    public const string TlsRequired = "This server wants TLS.";
}
