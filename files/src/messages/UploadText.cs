using System.Text;

namespace Argosy.Files;

/// <summary>What keeps an upload from going on, or from being published.</summary>
internal static class UploadText
{
    public const string NegativeLength = "A file's length cannot be negative.";
    public const string BadId = "An upload id has 1 to 255 characters.";
    public const string NoneOfThatId = "There is no unfinished upload of that id for that path.";
    public const string Shortened = "The file became shorter while it was copied; try again.";
    public const string TooMuchReplaced = "Too much is being replaced at once for this quota; wait until other uploads have ended.";

    public static string OnlyReceived(RemotePath path, long received) => $"{path}: {SizeOf(received)} received; only those can be replaced.";

    public static string BytesMissing(RemotePath path, long missing, long length) => $"{path}: {missing} of {length} bytes are missing; send the rest.";

    public static string MoreThanAnnounced(RemotePath path, long length) => $"{path}: more bytes came than the {length} that were announced.";

    public static string OtherLength(RemotePath path, long? announced, long came) => $"{path}: {announced} bytes were announced, but {came} came.";

    public static string InUse(string uploadId) => $"Another session is working on the upload {Escaped.Text(Encoding.UTF8.GetBytes(uploadId))}; wait for it.";

    public static string InUse(RemotePath path) => $"{path}: another session is working on it under this upload id; wait for it, or use another id.";

    public static string LostOnDisk(RemotePath path, long bytes) => $"{path}: {bytes} received bytes are missing on the disk; send it again.";

    public static string TooManyAtOnce(RemotePath path) => $"{path}: too many come in under this name at once; try again.";

    public static string OtherDisk(RemotePath path) => $"{path}: another disk has been mounted or taken away there since this began; send it again.";

    public static string OverQuota(long? bytes, long? files)
    {
        var limits = new[] { bytes is { } size ? SizeText.Of(size) : null, files is { } count ? (count == 1 ? "1 file" : $"{count} files") : null };
        return $"Over the account's quota of {string.Join(" and ", limits.OfType<string>())}; remove something, or ask the operator for more room.";
    }

    private static string SizeOf(long count) => count == 1 ? "1 byte was" : $"{count} bytes were";
}
