using Microsoft.Extensions.Logging;

namespace Argosy.Files;

/// <summary>What counting and sweeping homes tell the log.</summary>
internal static partial class UsageLog
{
    [LoggerMessage(40, LogLevel.Information,
        "A home was changed outside the server: it holds {Bytes} bytes in {Files} files, and {OldBytes} bytes in {OldFiles} files were counted")]
    public static partial void Corrected(this ILogger log, long bytes, long files, long oldBytes, long oldFiles);

    [LoggerMessage(41, LogLevel.Warning, "Homes could not be swept, the next round tries again: {Reason}")]
    public static partial void NotSwept(this ILogger log, string reason);
}
