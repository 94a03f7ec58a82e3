using Argosy.Client;

namespace Argosy.Cli.Messages;

/// <summary>About places, here and on the server. One form for one fact: the place, a colon, what is the matter, and what to do.</summary>
internal static class PlaceText
{
    public const string NothingMatchesThere = "nothing on the server matches";

    public const string AddRecursiveGet = "is a folder; add -r to get it with all that is in it";

    public const string AddRecursivePut = "is a folder; add -r to upload it with all that is in it";

    public const string NameIsEmpty = "A file's name is empty.";

    public const string ZeroInName = "No name can hold a zero.";

    public const string FolderToOutput = "A folder cannot go to standard output.";

    public static string NothingMatches(string pattern) => $"{pattern}: {NothingMatchesThere}";

    public static string NothingMatchesHere(string pattern) => $"{pattern}: nothing here matches";

    public static string NotFoundHere(string file) => $"{file}: no such file";

    public static string NoFolderHere(string file) => $"{file}: no such folder";

    public static string NotAFolderHere(string file) => $"{file}: not a folder";

    public static string NotAFolder(RemotePath path) => $"{path}: not a folder on the server";

    public static string IsAFolder(RemotePath path) => $"{path}: is a folder; rm -r removes it with all that is in it";

    public static string IsAFolderToGet(RemotePath path) => $"{path}: {AddRecursiveGet}";

    public static string IsAFolderToPut(string file) => $"{file}: {AddRecursivePut}";

    public static string Taken(string place) => $"left out; another of the sources becomes {place} already";

    public static string SeveralNeedAFolderHere(string name) => $"{name}: not a folder; several files need one. Make it first: mkdir {name}";

    public static string SeveralNeedAFolderInShell(RemotePath path) => $"{path}: not a folder on the server; several need one. Make it first: mkdir {path}";

    public static string SeveralNeedAFolder(ArgosyUrl url) =>
        $"{url.Path}: not a folder on the server; several files need one. Make it first: argosy mkdir {ShellWord.Of((url with { Fingerprint = null }).ToString().TrimEnd('/'))}";

    public static string SeveralMatch(string pattern) => $"{pattern}: several folders match; name one";

    public static string InputNeedsAName(RemotePath path) => $"{path}: is a folder; say what standard input is to be called in it";

    public static string FileInTheWay(RemotePath path) => $"{path}: is a file on the server; a folder cannot take its place";

    public static string NameNeeded(RemotePath path) => $"{path}: ends in a slash; name what is to be moved";

    public static string AlreadyExists(RemotePath path) => $"{path}: already exists (-p ignores this)";

    public static string NotReplaced(RemotePath path) => $"{path}: not replaced because of --no-clobber";

    public static string MoveTargetMissing(RemotePath path) => $"{path}: its folder does not exist on the server. Make that first: mkdir -p";

    public static string FilesOnly(RemotePath path) => $"{path}: this account may leave files here, but not folders. Put the files one by one, without -r.";

    public static string VisitorsMayNot(RemotePath? path, string deed, string server) =>
        $"{(path is { } place ? $"{place}: " : "")}visitors may not {deed}; log in as argosy://NAME@{server}/";
}
