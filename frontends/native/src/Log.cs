using System.Net;
using Microsoft.Extensions.Logging;

namespace Argosy.Native;

/// <summary>What this front end reports. Names from the wire come here escaped (<see cref="Printable"/>); passwords never do.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "Connected: {Remote}, {Transport}")]
    public static partial void Connected(ILogger log, EndPoint? remote, string transport);

    [LoggerMessage(2, LogLevel.Information, "Logged in: {Account} from {Remote} by {Mechanism}")]
    public static partial void LoggedIn(ILogger log, string account, EndPoint? remote, string mechanism);

    [LoggerMessage(3, LogLevel.Information, "Login failed: {Account} from {Remote}: {Error}")]
    public static partial void LoginFailed(ILogger log, string account, EndPoint? remote, string error);

    [LoggerMessage(4, LogLevel.Information, "Refused: {Command} {Path} of {Account}: {Error}: {Reason}")]
    public static partial void Refused(ILogger log, string command, string path, string account, string error, string reason);

    [LoggerMessage(5, LogLevel.Information, "Ended by us: {Remote}: {Error}: {Reason}")]
    public static partial void Ended(ILogger log, EndPoint? remote, string error, string reason);

    [LoggerMessage(6, LogLevel.Debug, "Closed: {Remote}, {Account}: {Reason}")]
    public static partial void Closed(ILogger log, EndPoint? remote, string account, string reason);
}
