using System.Text;

namespace Argosy.Files;

/// <summary>What is wrong with accounts and the server's own files, for the operator.</summary>
internal static class AccountText
{
    public const string ObjectMissing = "an object is missing here";
    public const string NotAccounts = "this is not the JSON of accounts";
    public const string StringMissing = "a string is missing here";
    public const string NameNotNfkc = "its name is not in NFKC";
    public const string HomeNotAbsolute = "its home is no absolute path";
    public const string QuotaNegative = "a quota is negative";
    public const string SessionsNegative = "its most sessions are negative";
    public const string PathForm = "a path is not of the form '/folder/file'";
    public const string PathTwice = "a path stands twice";
    public const string NameDots = "A name cannot be '.' or '..'.";
    public const string NameSlash = "A name cannot hold a slash or backslash.";
    public const string NameSpace = "A name cannot begin or end with a space.";
    public const string NameInvisible = "A name cannot hold control or invisible characters.";

    public static string NotRegular(string path) => $"{path} is not a regular file: remove it.";

    public static string ForeignLink(string path) =>
        $"{path} is a link that neither you nor root has made, so it is not followed: put the file itself there, or make the link anew.";

    public static string UnexpectedLink(string path) => $"{path} is a link where none is expected: remove it.";

    public static string TooManyLinks(string path, int most) => $"{path} leads through more than {most} links.";

    public static string NotPermitted(string path) => $"{path} may not be opened or changed by this user.";

    public static string FolderMissing(string path) => $"The folder {Path.GetDirectoryName(path)} does not exist.";

    public static string NotThere(string path) => $"{path} does not exist.";

    public static string Unusable(string path) => $"{path} cannot be read or written.";

    public static string NotMade(string path) => $"{path} cannot be made.";

    public static string NotWritten(string path) => $"{path} cannot be written: is the disk full?";

    public static string Unwritten(string reason) => $"The accounts cannot be written. {reason}";

    public static string Unread(string reason) => $"The accounts cannot be read. {reason}";

    public static string Unchanged(string reason) => $"The accounts cannot be changed. {reason}";

    public static string Busy(string path, TimeSpan patience) =>
        $"Other processes have been changing {path} for {patience.TotalSeconds} s: try again, or end them.";

    public static string NoSecret(string reason) => $"The server's login secret cannot be read or made. {reason}";

    public static string SecretOfOtherLength(string path, int length, int expected) =>
        $"{path} has {length} bytes instead of {expected}: remove it and a new one is made.";

    public static string Malformed(string path, long line, string reason) => $"{path}, line {line}: {reason}. Correct it or restore a copy.";

    public static string Malformed(string path, string reason) => $"{path}: {reason} Correct it or restore a copy.";

    public static string OtherVersion(int version, int known) => $"It is of version {version}; this program knows version {known}.";

    public static string Twice(string name) => $"The account '{AccountName.ForLog(name)}' stands there twice.";

    public static string UnknownAt(string place) =>
        $"what stands at {Escaped.Text(Encoding.UTF8.GetBytes(place))} is unknown, missing, there twice or of another form";

    public static string NoPermission(string word, string known) => $"'{AccountName.ForLog(word)}' is no permission. Known are: {known}.";

    public static string NameLength(int most) => $"A name has 1 to {most} characters of valid Unicode.";

    public static string NameAnonymous(string name) => $"'{name}' is for visitors without an account.";

    public static string Unkept(string name, string reason) => $"The account '{AccountName.ForLog(name)}' cannot be kept: {reason}.";

    public static string NotGiven(string path, string reason) => $"{path}: its owner cannot be given what replaces it: {reason}.";

    public static string NotSynchronized(string folder, string reason) => $"The folder {folder} cannot be synchronized: {reason}.";

    public static string BadVerifier(string mechanism, int leastIterations) =>
        $"a password verifier reads {mechanism}$ITERATIONS:SALT$STOREDKEY:SERVERKEY, in base64, with at least {leastIterations} iterations";

    public static string NoNetwork(string text) =>
        $"'{AccountName.ForLog(text)}' is no network: write an address, or a network's first address and prefix length such as 10.1.0.0/16.";
}
