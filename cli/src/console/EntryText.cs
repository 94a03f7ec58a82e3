using System.Globalization;
using Argosy.Client;

namespace Argosy.Cli.Output;

/// <summary>Entries for people.</summary>
internal static class EntryText
{
    private const string Letters = "rwxrwxrwx";

    public static string Kind(EntryKind kind) => kind switch
    {
        EntryKind.File => "file",
        EntryKind.Folder => "folder",
        EntryKind.Link => "link",
        _ => "other",
    };

    public static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');

    /// <summary>As in <c>ls -l</c>: <c>-rw-r--r--</c>.</summary>
    public static string Mode(RemoteEntry entry)
    {
        var type = entry.Kind switch
        {
            EntryKind.File => '-',
            EntryKind.Folder => 'd',
            EntryKind.Link => 'l',
            _ => '?',
        };
        return type + string.Concat(Letters.Select((letter, index) => ((int)entry.Mode >> (8 - index) & 1) == 1 ? letter : '-'));
    }

    public static string Time(DateTimeOffset time) => LocalTime.Of(time).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>The name, a slash after a folder's.</summary>
    public static string Name(RemoteEntry entry) => entry.Kind == EntryKind.Folder ? $"{entry.Name}/" : entry.Name.ToString();

    /// <summary>A line of <c>ls -l</c>.</summary>
    public static string Line(RemoteEntry entry, bool isHuman)
    {
        var size = isHuman ? Sizes.Short(entry.Size).PadLeft(6) : entry.Size.ToString(CultureInfo.InvariantCulture).PadLeft(14);
        var target = entry.LinkTarget is { } place ? $" -> {place}" : "";
        return $"{Mode(entry)} {size} {Time(entry.Modified)} {Name(entry)}{target}";
    }
}
