using Argosy.Files;

namespace Argosy.Native;

/// <summary>What is wrong with a request.</summary>
internal static class RequestText
{
    public const string UnknownCommand = "This server does not know that command.";
    public const string NoBody = "The key body is out of place: that command takes none.";
    public const string Algorithms = "The algorithms are crc32c, md5 and sha256.";
    public const string TooSlow = "No complete request came in time.";
    public const string NobodyWaits = "Nobody waits for the answer any more.";

    public static string Missing(string key) => $"The key {key} is missing.";

    public static string NotANumber(string key, long least, long most) => $"The key {key} has to be a number from {least} to {most}.";

    public static string OtherVersion(int version) => $"This server speaks version {version} only.";

    public static string NotFound(RemotePath path) => $"{path}: not found.";
}
