using System.Net;
using Microsoft.Extensions.Logging;

namespace Argosy.Native;

/// <summary>What this front end reports. Names from the wire come here escaped (<see cref="Printable"/>); passwords never do.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "Connected: {Remote}, {Transport}")]
    public static partial void Connected(ILogger log, EndPoint? remote, string transport);

    [LoggerMessage(4, LogLevel.Information, "Refused: {Command} {Path} of {Account}: {Error}: {Reason}")]
    public static partial void Refused(ILogger log, string command, string path, string account, string error, string reason);

    [LoggerMessage(5, LogLevel.Information, "Ended by us: {Remote}: {Error}: {Reason}")]
    public static partial void Ended(ILogger log, EndPoint? remote, string error, string reason);

    [LoggerMessage(6, LogLevel.Debug, "Closed: {Remote}, {Account}: {Reason}")]
    public static partial void Closed(ILogger log, EndPoint? remote, string account, string reason);

    [LoggerMessage(7, LogLevel.Warning, "{Command} {Path} of {Account} failed, and the client was told \"{Error}\": {Reason} ({Times} times since the last such line)")]
    public static partial void Failed(ILogger log, string command, string path, string account, string error, string reason, long times);

    [LoggerMessage(8, LogLevel.Warning, "{Remote} was told that the server is busy: {Reason} ({Times} times since the last such line)")]
    public static partial void Busy(ILogger log, EndPoint? remote, string reason, long times);

    [LoggerMessage(9, LogLevel.Information, "Stopped by its client, who may go on: put {Path} of {Account}, {Bytes} bytes came")]
    public static partial void Stopped(ILogger log, string path, string account, long bytes);

    [LoggerMessage(10, LogLevel.Debug, "Left without a proof: the login of {Account} from {Remote}")]
    public static partial void LoginLeft(ILogger log, string account, EndPoint? remote);

    [LoggerMessage(11, LogLevel.Warning, "Too many connections without a login: silent ones give way, now one from {Address} ({Times} times since the last such line)")]
    public static partial void GaveWay(ILogger log, IPAddress? address, long times);
}
