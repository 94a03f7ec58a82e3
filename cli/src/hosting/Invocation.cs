using Argosy.Server;

namespace Argosy.Cli.Hosting;

/// <summary>How this program is called, for commands that people copy from its output.</summary>
internal static class Invocation
{
    // The launcher says where it is; it runs from any folder by its full path, or by its name where the PATH finds it.
    private static readonly string? Launcher = Environment.GetEnvironmentVariable("ARGOSY_COMMAND");

    /// <summary>What to type for this program, one word of a shell command.</summary>
    public static string Program => OnPath() ? "argosy" : ShellWord.Of(Launcher ?? Environment.ProcessPath ?? "argosy");

    /// <summary>What to add to <c>argosy user …</c> so that it finds a server's data folder; nothing where it is the default.</summary>
    public static string DataOption(ServerOptions options) =>
        options.Data == DataFolder.DefaultPath ? "" : $" --data {ShellWord.Of(options.Data)}";

    private static bool OnPath()
    {
        var here = Real(Launcher ?? Environment.ProcessPath);
        return here is not null && (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, "argosy"))
            .FirstOrDefault(File.Exists) is { } found && Real(found) == here;
    }

    private static string? Real(string? path) =>
        path is null ? null : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
}
