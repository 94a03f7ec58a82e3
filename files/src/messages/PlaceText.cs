using System.Collections.Frozen;

namespace Argosy.Files;

/// <summary>Facts about a place, each in one form: the path, a colon, the fact.</summary>
internal static class PlaceText
{
    public const string HomeItself = "The home itself cannot be changed; name something in it.";
    public const string LinkLeadsOut = "A link has to point to a place in the home, relative to its own folder and with .. only at the beginning.";
    public const string NoLinks = "This storage has no links.";

    // For what the log calls by its participle.
    private static readonly FrozenDictionary<string, string> Deeds = new Dictionary<string, string>
    {
        ["entered"] = "enter it",
        ["listed"] = "list it",
        ["looked at"] = "look at it",
        ["made"] = "make it",
        ["made a link"] = "make links there",
        ["read"] = "read it",
        ["removed"] = "remove it",
        ["renamed"] = "rename it",
        ["touched"] = "change it",
        ["changed"] = "change it",
        ["written"] = "write there",
    }.ToFrozenDictionary();

    public static string Sentence(string subject, string words) => $"{subject}: {words}.";

    public static string NotFound(RemotePath path) => $"{path}: not found.";

    public static string AlreadyExists(RemotePath path) => $"{path}: already exists.";

    public static string ExistsAsAFile(RemotePath path) => $"{path}: already exists, and is not a folder.";

    public static string IsAFolder(RemotePath path) => $"{path}: is a folder.";

    public static string IsAFolderToRemove(RemotePath path) => $"{path}: is a folder; remove it as one.";

    public static string NotAFolder(RemotePath path) => $"{path}: not a folder.";

    public static string PartIsNotAFolder(RemotePath path) => $"{path}: a part of the path is not a folder.";

    public static string NotEmpty(RemotePath path) => $"{path}: not empty.";

    public static string NotAFile(RemotePath path) => $"{path}: a device, a pipe or a socket: those are listed, never opened.";

    public static string NotAFileToReplace(RemotePath path) => $"{path}: a device, a pipe or a socket: those are not replaced.";

    public static string TooManyOfThatName(RemotePath path) => $"{path}: there are too many files of that name; choose another.";

    public static string DiskMounted(RemotePath path) => $"{path}: a disk is mounted there or in it; remove what is around it, one by one.";

    public static string ReservedName(RemotePath path) => $"{path}: names that begin with .argosy-staging belong to the server; choose another.";

    public static string NoLinkAmongHomes(RemotePath path) => $"{path}: no links directly in the served folder, where accounts have their homes; make it in a folder.";

    public static string IntoItself(RemotePath path) => $"{path}: cannot be moved into itself.";

    /// <param name="path">Where.</param>
    /// <param name="verb">The participle of what was asked for.</param>
    public static string NotPermitted(RemotePath path, string verb) =>
        $"{path}: this account may not {Deeds.GetValueOrDefault(verb) ?? (verb.StartsWith("moved to ", StringComparison.Ordinal) ? "move it to" + verb["moved to".Length..] : "do that")}.";

    public static string OnOtherDisks(RemotePath from, RemotePath to) => $"{from} and {to} lie on different disks; copy and remove instead.";
}
