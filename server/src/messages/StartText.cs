namespace Argosy.Server;

/// <summary>Why a server does not start, for the operator: what is wrong, and what to do.</summary>
internal static class StartText
{
    public const string NotPem = "these are not a certificate and its key as PEM";
    public const string KeyMissing = "the key is missing; restore it, or remove the certificate for a new one (clients will ask before they trust it)";
    public const string RightsKept = "root's rights could not be given up";
    public const string Rights = "The rights of the user who serves cannot be taken";

    public static string RightsRefused(string what, string reason) => $"{what}: {reason}";

    public static string OwnerOf(string path) => $"It cannot be told whose {path} is";

    public static string RootIsAFile(string root) => $"{root} is a file; serve needs a folder.";

    public static string RootNotMade(string root, string reason) => $"The folder to serve, {root}, cannot be made: {reason}.";

    public static string NoUser(string name) => $"--user: there is no user \"{name}\" on this machine";

    public static string NeedsRoot(string name) => $"--user {name} needs root; start as root, or as {name} without --user";

    public static string DataUnusable(string path, string reason) => $"The data folder {path} cannot be used: {reason}. Choose another with --data DIR.";

    public static string DataForeignToRoot(string path, string owner) =>
        $"The data folder {path} belongs to {owner}: start with --user {owner}, or give it to root with: chown -R root {path}";

    public static string DataForeign(string path, string owner) =>
        $"The data folder {path} belongs to {owner}: start as {owner}, or choose another folder with --data DIR.";

    public static string DataInUse(string path, string holder) =>
        $"Another argosy server{holder} uses the data folder {path}. Stop it, or choose another folder with --data DIR.";

    public static string DataOpen(string path) => $"The data folder {path} holds other things and others may read it. If it is the right one: chmod 700 {path}";

    public static string LockIsALink(string name) => $"{name} is a link, which no server made. Remove it, and find out who put it there.";

    public static string NotGiven(string path, string reason) => $"{path} cannot be given to the user who serves: {reason}";

    public static string CertificateUnusable(string certificate, string key, string reason) =>
        $"The certificate {certificate} with its key {key} cannot be used: {reason}.";
}
