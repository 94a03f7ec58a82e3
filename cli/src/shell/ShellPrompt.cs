using Argosy.Cli.Output;

namespace Argosy.Cli.Shell;

/// <summary>What stands before the line: whom one talks to, and in which folder.</summary>
internal static class ShellPrompt
{
    /// <param name="name">Whom; safe to show.</param>
    /// <param name="folder">The folder; safe to show.</param>
    /// <param name="columns">Of the terminal: half of them at most, so that there is room to type.</param>
    public static string Of(string name, string folder, int columns)
    {
        var whole = $"{name}:{folder}> ";
        if (Columns.Width(whole) <= columns / 2)
            return whole;
        var last = folder[(folder.LastIndexOf('/') + 1)..];
        return Columns.Width(last) + 4 <= columns / 2 ? $"{ProgressGlyphs.OfEnvironment().Missing}/{last}> " : "> ";
    }
}
