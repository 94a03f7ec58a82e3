using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Argosy.Files;

/// <summary>What is said and counted of logins. Names come escaped, passwords never.</summary>
internal static partial class LoginLog
{
    private static readonly Meter Meter = new("Argosy.Files");

    private static readonly Counter<long> Logins = Meter.CreateCounter<long>("argosy.logins", description: "Logins by protocol and result (accepted, refused).");

    internal static void Accepted(this ILogger log, string name, SessionOrigin origin)
    {
        Count(origin, "accepted");
        log.LoggedIn(Place(origin), Scheme(origin), Quoted(name));
    }

    internal static void Refused(this ILogger log, string name, SessionOrigin origin, string reason)
    {
        Count(origin, "refused");
        log.LoginRefused(Place(origin), Scheme(origin), Quoted(name), reason);
    }

    // What a client chooses comes last and in quotes: a pattern that is read from the line's beginning cannot be misled (docs/security.md).
    [LoggerMessage(100, LogLevel.Information, "Login from {Address} over {Protocol}: {Name}")]
    private static partial void LoggedIn(this ILogger log, string address, string protocol, Quoted name);

    [LoggerMessage(101, LogLevel.Warning, "Login refused from {Address} over {Protocol}: {Name}: {Reason}")]
    private static partial void LoginRefused(this ILogger log, string address, string protocol, Quoted name, string reason);

    internal static void SessionEnded(this ILogger log, string name, string reason) => log.SessionEnded(Quoted(name), reason);

    [LoggerMessage(102, LogLevel.Information, "The session of {Name} was ended: {Reason}")]
    private static partial void SessionEnded(this ILogger log, Quoted name, string reason);

    internal static void CannotLogIn(this ILogger log, string name, string reason) => log.CannotLogIn(Quoted(name), reason);

    [LoggerMessage(103, LogLevel.Error, "{Name} cannot log in: {Reason}")]
    private static partial void CannotLogIn(this ILogger log, Quoted name, string reason);

    [LoggerMessage(104, LogLevel.Error, "Accounts could not be reviewed; sessions go on as they were.")]
    internal static partial void ReviewFailed(this ILogger log, Exception error);

    [LoggerMessage(105, LogLevel.Error, "Something that waited for a session's end failed when it came.")]
    internal static partial void EndListenerFailed(this ILogger log, Exception error);

    [LoggerMessage(106, LogLevel.Warning, "{Address} is banned for {Time}: {Failures} logins failed within {Window}.")]
    internal static partial void Banned(this ILogger log, string address, TimeSpan time, int failures, TimeSpan window);

    [LoggerMessage(107, LogLevel.Error, "The bans cannot be read or kept.")]
    internal static partial void BansFailed(this ILogger log, Exception error);

    internal static void Guessed(this ILogger log, string name, TimeSpan time, int failures, TimeSpan window) =>
        log.Guessed(failures, window, time, Quoted(name));

    [LoggerMessage(109, LogLevel.Warning, "{Failures} logins by one name failed within {Window}: for {Time} it logs in only from where it did before: {Name}")]
    private static partial void Guessed(this ILogger log, int failures, TimeSpan window, TimeSpan time, Quoted name);

    [LoggerMessage(110, LogLevel.Error, "What is known of homes cannot be read, so new ones are not made: {Reason}")]
    internal static partial void HomesUnreadable(this ILogger log, string reason);

    [LoggerMessage(111, LogLevel.Error, "It cannot be written down which homes there are; free some space in the data folder. {Reason}")]
    internal static partial void HomesUnwritten(this ILogger log, string reason);

    [LoggerMessage(112, LogLevel.Warning, "Folders that were in {Root} before it was served are now homes: {Names}")]
    internal static partial void HomesFound(this ILogger log, string root, string names);

    private static Quoted Quoted(string name) => new(AccountName.ForLog(name));

    // The front end's name is one for programmers; people know the URL.
    private static string Scheme(SessionOrigin origin) => (origin.Protocol == "native" ? "argosy" : origin.Protocol) + "://";

    private static string Place(SessionOrigin origin) => (origin.Address is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : origin.Address)?.ToString() ?? "a local socket";

    private static void Count(SessionOrigin origin, string result) =>
        Logins.Add(1, new KeyValuePair<string, object?>("protocol", origin.Protocol), new KeyValuePair<string, object?>("result", result));
}
