namespace Argosy.Files;

/// <summary>What the base library says of files, in this room's own words.</summary>
public static class IoFault
{
    private const int GreatestErrno = 4095;

    /// <summary>A sentence about what went wrong with <paramref name="path"/>.</summary>
    public static string Describe(Exception failed, string path) => failed switch
    {
        UnauthorizedAccessException => AccountText.NotPermitted(path),
        FileNotFoundException => AccountText.NotThere(path),
        DirectoryNotFoundException => AccountText.FolderMissing(path),

        // On Unix the base library leaves the system's own number there.
        IOException { HResult: > 0 and <= GreatestErrno and var number } => Errno.Exception(-number, path).Message,
        IOException { InnerException: null } own when own.Message.StartsWith(path, StringComparison.Ordinal) => own.Message,
        _ => AccountText.Unusable(path),
    };
}
