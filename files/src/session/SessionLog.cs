using Microsoft.Extensions.Logging;

namespace Argosy.Files;

/// <summary>
/// What sessions tell the log. Names of accounts and paths come out escaped (<see cref="RemotePath.ToString"/>) and in quotes that nothing within can end.
/// </summary>
internal static partial class SessionLog
{
    public static void Uploaded(this ILogger log, string account, RemotePath path, long bytes) => log.Uploaded(new Quoted(account), new Quoted(path), bytes);

    public static void Downloading(this ILogger log, string account, RemotePath path, long bytes) => log.Downloading(new Quoted(account), new Quoted(path), bytes);

    public static void Removed(this ILogger log, string account, RemotePath path) => log.Removed(new Quoted(account), new Quoted(path));

    public static void Renamed(this ILogger log, string account, RemotePath from, RemotePath to) =>
        log.Renamed(new Quoted(account), new Quoted(from), new Quoted(to));

    public static void FolderMade(this ILogger log, string account, RemotePath path) => log.FolderMade(new Quoted(account), new Quoted(path));

    /// <param name="log">Where to.</param>
    /// <param name="account">Who was refused.</param>
    /// <param name="path">What it was about.</param>
    /// <param name="verb">What may not be done to it.</param>
    /// <param name="times">How many refusals this line stands for: whoever may log in can be refused as often as it likes.</param>
    public static void Refused(this ILogger log, string account, RemotePath path, string verb, long times)
    {
        if (times == 1) log.Refused(new Quoted(account), new Quoted(path), verb);
        else log.RefusedOften(new Quoted(account), new Quoted(path), verb, times);
    }

    [LoggerMessage(7, LogLevel.Warning, "Settled a step that a crash interrupted: {Mark}, of which {Bytes} bytes and {Files} files had happened")]
    public static partial void Settled(this ILogger log, string mark, long bytes, long files);

    [LoggerMessage(1, LogLevel.Information, "{Account} uploaded {Path}, {Bytes} bytes")]
    private static partial void Uploaded(this ILogger log, Quoted account, Quoted path, long bytes);

    [LoggerMessage(2, LogLevel.Information, "{Account} downloads {Path}, {Bytes} bytes")]
    private static partial void Downloading(this ILogger log, Quoted account, Quoted path, long bytes);

    [LoggerMessage(3, LogLevel.Information, "{Account} removed {Path}")]
    private static partial void Removed(this ILogger log, Quoted account, Quoted path);

    [LoggerMessage(4, LogLevel.Information, "{Account} renamed {From} to {To}")]
    private static partial void Renamed(this ILogger log, Quoted account, Quoted from, Quoted to);

    [LoggerMessage(5, LogLevel.Information, "{Account} made the folder {Path}")]
    private static partial void FolderMade(this ILogger log, Quoted account, Quoted path);

    [LoggerMessage(6, LogLevel.Warning, "{Account} was refused: {Path} may not be {Verb}")]
    private static partial void Refused(this ILogger log, Quoted account, Quoted path, string verb);

    [LoggerMessage(8, LogLevel.Warning, "{Account} was refused: {Path} may not be {Verb} ({Times} such refusals since the last line)")]
    private static partial void RefusedOften(this ILogger log, Quoted account, Quoted path, string verb, long times);
}
