namespace Argosy.Cli.Hosting;

/// <summary>This program, to be started once more with other words.</summary>
internal static class OwnProgram
{
    /// <summary>The command that runs it with these words, however it was started itself: as a program, or as a file that <c>dotnet</c> runs.</summary>
    public static string[] With(params string[] words) => Environment.ProcessPath is { } program && Path.GetFileNameWithoutExtension(program) != "dotnet"
        ? [program, .. words]
        : [Environment.ProcessPath ?? "dotnet", Path.Combine(AppContext.BaseDirectory, "argosy.dll"), .. words];
}
