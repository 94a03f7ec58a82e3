namespace Argosy.Server;

/// <summary>One value that an operator gave, and where, so that an error can point at it.</summary>
/// <param name="Key">The setting's key, <c>Section:Key</c>.</param>
/// <param name="Text">The value as written.</param>
/// <param name="Source">Where it stands: <c>serve.json:12</c>, <c>--listen</c>, an environment variable's name.</param>
/// <param name="Folder">What a relative path in it is relative to; null for the current folder.</param>
public sealed record SettingValue(string Key, string Text, string Source, string? Folder = null)
{
    /// <summary>The value as an absolute path. <c>~</c> and <c>~/…</c> are the home of who runs this, as a shell has it.</summary>
    /// <exception cref="FormatException">It begins with <c>~</c> and means no folder.</exception>
    internal string FullPath => Path.GetFullPath(Text.StartsWith('~') ? Expanded : Text, Folder ?? Environment.CurrentDirectory);

    private string Expanded
    {
        get
        {
            if (Text.Length > 1 && Text[1] != '/') throw new FormatException(SettingText.OtherHome);
            var home = Environment.GetEnvironmentVariable("HOME");
            return Path.IsPathRooted(home) ? home + Text[1..] : throw new FormatException(SettingText.NoHome);
        }
    }
}
