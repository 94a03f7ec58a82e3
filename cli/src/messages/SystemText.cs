using System.Collections.Frozen;
using System.Globalization;

namespace Argosy.Cli.Messages;

/// <summary>What the system's errors mean to people. Neither its own words nor the base library's are shown to anybody.</summary>
internal static class SystemText
{
    private static readonly FrozenDictionary<int, string> Words = new Dictionary<int, string>
    {
        [1] = "not allowed",
        [Errno.NotFound] = "no such file or folder here",
        [Errno.InputOutput] = "the disk or the terminal failed",
        [6] = "there is nothing behind it",
        [Errno.BadDescriptor] = "it is closed",
        [Errno.WouldBlock] = "another program is using it",
        [12] = "this machine has no memory left",
        [Errno.NoAccess] = "you may not use it",
        [16] = "another program is using it",
        [17] = "already exists here",
        [20] = "part of the path is not a folder",
        [21] = "is a folder, not a file",
        [23] = "this machine has too many files open",
        [24] = "too many files are open at once (ulimit -n allows no more)",
        [27] = "larger than files may be here",
        [28] = "the disk is full",
        [30] = "the disk is read-only",
        [Errno.BrokenPipe] = "nobody reads it any more",
        [Errno.NameTooLong] = "the name is too long",
        [40] = "its links lead round in a circle",
        [122] = "your share of the disk is used up",
    }.ToFrozenDictionary();

    public static string TooFewOpenFiles(long allowed, int needed) =>
        $"{allowed} open files are too few (ulimit -n), {needed} are needed. Allow more first: ulimit -n 1024";

    /// <summary>Part of a sentence.</summary>
    public static string Of(int error) =>
        Words.GetValueOrDefault(error) ?? string.Create(CultureInfo.InvariantCulture, $"cannot be used (error {error})");

    /// <summary>
    /// The same for what the base library throws about files. An <see cref="IOException"/> that carries no number of the system's, and is nobody
    /// else's, is this program's own, and so are its words.
    /// </summary>
    public static string Of(Exception exception) => exception switch
    {
        _ when exception.GetType().Namespace?.StartsWith(nameof(Argosy), StringComparison.Ordinal) == true => exception.Message,
        FileNotFoundException or DirectoryNotFoundException => Of(Errno.NotFound),
        PathTooLongException => Of(Errno.NameTooLong),
        UnauthorizedAccessException => Of(Number(exception.InnerException) ?? Errno.NoAccess),
        _ when Number(exception) is { } number => Of(number),
        IOException { InnerException: null or IOException or UnauthorizedAccessException } => exception.Message,
        _ => Of(Errno.InputOutput),
    };

    // On Unix the base library puts errno there.
    private static int? Number(Exception? exception) => exception is { HResult: > 0 and < 4096 and var number } ? number : null;
}
