namespace Argosy.Server;

/// <summary>What the operating system refused, in our words: part of a sentence, without a stop.</summary>
internal static class SystemReason
{
    // errno(3) of Linux; .NET hands it on in HResult where it has no exception of its own for it.
    private static readonly Dictionary<int, string> Words = new()
    {
        [1] = NotPermitted,
        [2] = Missing,
        [5] = "the disk reports an error",
        [13] = NotPermitted,
        [17] = "something of that name is there already",
        [20] = "a part of the path is not a folder",
        [21] = "it is a folder",
        [22] = "the system does not take that name",
        [24] = "too many files are open",
        [26] = "it is in use",
        [28] = "the disk is full",
        [30] = "the disk is read-only",
        [36] = TooLong,
        [40] = "more links stand in the way than are followed",
        [122] = "this user's disk quota is used up",
    };

    private const string NotPermitted = "this user may not do that there";
    private const string Missing = "it does not exist";
    private const string TooLong = "the name is too long";

    /// <summary>Why an operation on files failed.</summary>
    public static string Of(Exception error) => error switch
    {
        UnauthorizedAccessException => NotPermitted,
        FileNotFoundException or DirectoryNotFoundException => Missing,
        PathTooLongException => TooLong,
        _ => Of(error.HResult),
    };

    /// <summary>The same for an error number.</summary>
    public static string Of(int number) => Words.TryGetValue(number, out var words) ? words : "the system refuses";
}
