namespace Argosy.Files;

/// <summary>The one place where the kernel's error numbers become this room's errors; the words are in <see cref="SystemText"/>.</summary>
internal static class Errno
{
    public const int NotPermitted = 1, NotFound = 2, Interrupted = 4, InputOutput = 5, NoDevice = 6, Again = 11, NoMemory = 12, Access = 13;
    public const int Busy = 16, Exists = 17, CrossDevice = 18, NotAFolder = 20, IsAFolder = 21, Invalid = 22, TooManyInSystem = 23;
    public const int TooManyOpen = 24, TooBig = 27, NoSpace = 28, ReadOnlyDisk = 30, TooManyLinks = 31, NameTooLong = 36;
    public const int NoSuchCall = 38, NotEmpty = 39, Loop = 40, NoData = 61, IllegalBytes = 84, NotSupported = 95, NotConnected = 107, Stale = 116, Quota = 122;

    /// <summary>The exception for a negated errno about <paramref name="subject"/>, an escaped path or a few words.</summary>
    public static FileException Exception(long result, string subject)
    {
        var number = (int)-result;
        var (error, words) = SystemText.Of(number);
        return new FileException(error, PlaceText.Sentence(subject, words)) { SystemError = number };
    }

    /// <summary>The result where it is none of the errors; else throws.</summary>
    public static int Check(int result, RemotePath path) => result >= 0 ? result : throw Exception(result, path.ToString());

    /// <inheritdoc cref="Check(int, RemotePath)"/>
    public static int Check(int result, string subject) => result >= 0 ? result : throw Exception(result, subject);

    /// <summary>Whether something is there, by the result of looking at it. Only ENOENT says that it is not: whoever takes a disk's error for
    /// absence loses what lies there.</summary>
    public static bool IsThere(int result, RemotePath path) => result != -NotFound && Check(result, path) >= 0;

    /// <inheritdoc cref="IsThere(int, RemotePath)"/>
    public static bool IsThere(int result, string subject) => result != -NotFound && Check(result, subject) >= 0;

    /// <inheritdoc cref="IsThere(int, RemotePath)"/>
    public static bool IsThere(int result, ReadOnlySpan<byte> name) => result >= 0 || (result != -NotFound && Check(result, Escaped.Text(name)) >= 0);
}
