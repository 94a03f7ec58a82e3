namespace Argosy.Client;

/// <summary>
/// Where a user's own files of this program are: the one place that knows. Null where the user has no home folder that can be used, and nothing else
/// was named: then nothing is remembered, and least of all in whatever folder the program was started in.
/// </summary>
public static class UserFolders
{
    /// <summary>What was decided, such as which servers are trusted: <c>$XDG_CONFIG_HOME/argosy</c>, else <c>~/.config/argosy</c>.</summary>
    public static string? Config => Find(Environment.GetEnvironmentVariable("XDG_CONFIG_HOME"), Home, ".config");

    /// <summary>What is remembered of work that was done: <c>$XDG_STATE_HOME/argosy</c>, else <c>~/.local/state/argosy</c>.</summary>
    public static string? State => Find(Environment.GetEnvironmentVariable("XDG_STATE_HOME"), Home, ".local/state");

    // HOME, or without one what the system's list of users says.
    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    // A relative path means nothing (XDG Base Directory Specification): it would be another folder in every folder.
    internal static string? Find(string? named, string home, string below)
    {
        if (named is { Length: > 0 } && Path.IsPathRooted(named))
            return Path.Combine(named, "argosy");
        return Path.IsPathRooted(home) && (!OperatingSystem.IsLinux() || Posix.MayUse([.. ByteText.ToBytes(home), 0]))
            ? Path.Combine(home, below, "argosy")
            : null;
    }
}
