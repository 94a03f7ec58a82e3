using Argosy.Wire;

namespace Argosy.Native;

/// <summary>What is wrong with the body of a put, or with where it was to go.</summary>
internal static class BodyText
{
    public const string TooSlow = "The body took or stood still for too long.";
    public const string NoSum = "The key crc32c is missing: a sealed put needs it, or check none.";
    public const string OtherEnd = "The body does not end where the stated size does.";
    public const string MoreNeeds = "A put with more needs the key upload, and a body of a stated length.";
    public const string Abandoned = "The client abandoned the body.";
    public const string WrongSum = "The bytes that came do not match their crc32c; send the file again.";
    public const string NoUpload = "There is no unfinished upload of that id.";

    public const string RecordCut = "The body ends within a record; nothing of it was stored.";
    public const string NoFile = "The body has a record that is no file, or has no name.";
    public const string LargeFile = "The file is too large to come among others; get it by itself.";

    public static readonly string TooManyRecords = $"The body has more than {Limits.PackFiles} records.";

    public static string PackTooLong(long most) => $"The body of such a request has at most {most} bytes.";

    public static string GoesOnAt(long offset) => $"That upload goes on at offset {offset}.";

    public static string OnlyReceived(long bytes) => $"Of that upload {bytes} bytes came; only those can be replaced.";

    public static string Missing(long bytes, long size) => $"{bytes} of {size} bytes are missing; send the rest.";
}
