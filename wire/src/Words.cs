using System.Collections.Frozen;

namespace Argosy.Wire;

/// <summary>Values that are one of a few words, or of a restricted form.</summary>
internal static class Words
{
    private const int LongestUploadId = 64;

    // Interned, so that a request allocates no string for its command.
    private static readonly FrozenSet<string> Commands =
    [
        "hello", "auth", "ping", "bye", "pwd", "cd", "stat", "ls", "get", "put", "uploads",
        "mkdir", "rm", "rmdir", "mv", "cp", "touch", "hash", "blocks", "quota", "ln",
    ];

    internal static string Of(ReplyStatus status) => status switch
    {
        ReplyStatus.Ok => "ok",
        ReplyStatus.Continue => "continue",
        _ => "error",
    };

    internal static string? Of(BodyCheck? check) => check switch
    {
        BodyCheck.Crc32C => "crc32c",
        BodyCheck.None => "none",
        _ => null,
    };

    internal static string? Of(EntryType? type) => type switch
    {
        EntryType.File => "file",
        EntryType.Folder => "folder",
        EntryType.Link => "link",
        EntryType.Other => "other",
        _ => null,
    };

    internal static string Command(ref HeaderReader reader)
    {
        Span<char> name = stackalloc char[8];
        var known = Commands.GetAlternateLookup<ReadOnlySpan<char>>();
        if (reader.TryShortText(name, out var length) && known.TryGetValue(name[..length], out var command))
            return command;
        return reader.Text() ?? "";
    }

    internal static ReplyStatus Status(ref HeaderReader reader) => reader.Text() switch
    {
        "ok" => ReplyStatus.Ok,
        "continue" => ReplyStatus.Continue,
        "error" => ReplyStatus.Error,
        _ => reader.Wrong<ReplyStatus>(HeaderText.Wanted.Status),
    };

    internal static BodyCheck? Check(ref HeaderReader reader)
    {
        switch (reader.Text())
        {
            case "crc32c": return BodyCheck.Crc32C;
            case "none": return BodyCheck.None;
            case null: return null;
            default:
                reader.Fault ??= new WireException(WireError.Unsupported, HeaderText.HasToBe(Field.Check, HeaderText.Wanted.Check));
                return null;
        }
    }

    /// <summary>Types that a later version adds are <see cref="EntryType.Other"/> to this one.</summary>
    internal static EntryType? Type(ref HeaderReader reader) => reader.Text() switch
    {
        "file" => EntryType.File,
        "folder" => EntryType.Folder,
        "link" => EntryType.Link,
        null => null,
        _ => EntryType.Other,
    };

    internal static string? UploadId(ref HeaderReader reader)
    {
        var id = reader.Text();
        if (id is null || (id.Length is > 0 and <= LongestUploadId && id.All(IsOfUploadId)))
            return id;
        return reader.Wrong<string?>(HeaderText.Wanted.UploadId(LongestUploadId));
    }

    private static bool IsOfUploadId(char value) => char.IsAsciiLetterOrDigit(value) || value is '.' or '_' or '-';
}
