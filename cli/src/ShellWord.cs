namespace Argosy.Cli;

/// <summary>Text as one word of a shell command that can be pasted.</summary>
public static class ShellWord
{
    private const string Harmless = "/._-+:@%,=";

    /// <summary>The text itself where no shell reads anything into it, else in single quotes (POSIX shell grammar, section 2.2.2).</summary>
    public static string Of(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || Harmless.Contains(c, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
