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
        log.LoggedIn(AccountName.ForLog(name), Place(origin), origin.Protocol);
    }

    internal static void Refused(this ILogger log, string name, SessionOrigin origin, string reason)
    {
        Count(origin, "refused");
        log.LoginRefused(AccountName.ForLog(name), Place(origin), origin.Protocol, reason);
    }

    [LoggerMessage(100, LogLevel.Information, "{Name} logged in from {Address} by {Protocol}.")]
    private static partial void LoggedIn(this ILogger log, string name, string address, string protocol);

    [LoggerMessage(101, LogLevel.Warning, "The login of {Name} from {Address} by {Protocol} was refused: {Reason}.")]
    private static partial void LoginRefused(this ILogger log, string name, string address, string protocol, string reason);

    [LoggerMessage(102, LogLevel.Information, "The session of {Name} was ended: {Reason}.")]
    internal static partial void SessionEnded(this ILogger log, string name, string reason);

    [LoggerMessage(103, LogLevel.Error, "{Name} cannot log in: {Reason}")]
    internal static partial void HomeConflict(this ILogger log, string name, string reason);

    [LoggerMessage(104, LogLevel.Error, "Accounts could not be reviewed; sessions go on as they were.")]
    internal static partial void ReviewFailed(this ILogger log, Exception error);

    [LoggerMessage(105, LogLevel.Error, "Something that waited for a session's end failed when it came.")]
    internal static partial void EndListenerFailed(this ILogger log, Exception error);

    [LoggerMessage(106, LogLevel.Warning, "{Address} is banned for {Time}: {Failures} logins failed within {Window}.")]
    internal static partial void Banned(this ILogger log, string address, TimeSpan time, int failures, TimeSpan window);

    [LoggerMessage(107, LogLevel.Error, "The bans cannot be read or kept.")]
    internal static partial void BansFailed(this ILogger log, Exception error);

    private static string Place(SessionOrigin origin) => (origin.Address is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : origin.Address)?.ToString() ?? "a local socket";

    private static void Count(SessionOrigin origin, string result) =>
        Logins.Add(1, new KeyValuePair<string, object?>("protocol", origin.Protocol), new KeyValuePair<string, object?>("result", result));
}
