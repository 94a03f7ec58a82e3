using Microsoft.Extensions.Logging;

namespace Argosy.Files;

/// <summary>What sessions tell the log. Paths come out escaped: <see cref="RemotePath.ToString"/> sees to it.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(1, LogLevel.Information, "{Account} uploaded {Path}, {Bytes} bytes")]
    public static partial void Uploaded(this ILogger log, string account, RemotePath path, long bytes);

    [LoggerMessage(2, LogLevel.Information, "{Account} downloads {Path}, {Bytes} bytes")]
    public static partial void Downloading(this ILogger log, string account, RemotePath path, long bytes);

    [LoggerMessage(3, LogLevel.Information, "{Account} removed {Path}")]
    public static partial void Removed(this ILogger log, string account, RemotePath path);

    [LoggerMessage(4, LogLevel.Information, "{Account} renamed {From} to {To}")]
    public static partial void Renamed(this ILogger log, string account, RemotePath from, RemotePath to);

    [LoggerMessage(5, LogLevel.Information, "{Account} made the folder {Path}")]
    public static partial void FolderMade(this ILogger log, string account, RemotePath path);

    [LoggerMessage(6, LogLevel.Warning, "{Account} was refused: {Path} may not be {Verb}")]
    public static partial void Refused(this ILogger log, string account, RemotePath path, string verb);

    [LoggerMessage(7, LogLevel.Warning, "Settled a step that a crash interrupted: {Mark}, happened: {Happened}")]
    public static partial void Settled(this ILogger log, string mark, bool happened);
}
