namespace Argosy.Files;

/// <summary>The one place where the kernel's error numbers become this room's errors.</summary>
internal static class Errno
{
    public const int NotPermitted = 1, NotFound = 2, Interrupted = 4, InputOutput = 5, NoDevice = 6, Again = 11, NoMemory = 12, Access = 13;
    public const int Busy = 16, Exists = 17, CrossDevice = 18, NotAFolder = 20, IsAFolder = 21, Invalid = 22, TooManyInSystem = 23;
    public const int TooManyOpen = 24, TooBig = 27, NoSpace = 28, ReadOnlyDisk = 30, TooManyLinks = 31, NameTooLong = 36;
    public const int NoSuchCall = 38, NotEmpty = 39, Loop = 40, NoData = 61, IllegalBytes = 84, NotSupported = 95, NotConnected = 107, Stale = 116, Quota = 122;

    private static readonly Dictionary<int, (FileError Error, string Text)> Table = new()
    {
        [NotPermitted] = (FileError.NotPermitted, "the operating system does not permit it"),
        [NotFound] = (FileError.NotFound, "it does not exist"),
        [InputOutput] = (FileError.Storage, "the disk reports an error; ask the operator to look at it"),
        [NoDevice] = (FileError.NotAFile, "it is a device, a FIFO or a socket"),
        [Again] = (FileError.Storage, "the folders above it keep changing; try again"),
        [NoMemory] = (FileError.Storage, "the server is short of memory; try again later"),
        [Access] = (FileError.NotPermitted, "the operating system does not permit it"),
        [Busy] = (FileError.NotPermitted, "the operating system is using it"),
        [Exists] = (FileError.AlreadyExists, "it exists already"),
        [CrossDevice] = (FileError.NotPermitted, "it leads out of the home"),
        [NotAFolder] = (FileError.NotAFolder, "a part of the path is not a folder"),
        [IsAFolder] = (FileError.IsAFolder, "it is a folder"),
        [Invalid] = (FileError.BadName, "the operating system does not take this name"),
        [TooManyInSystem] = (FileError.Storage, "the server has too many files open; try again later"),
        [TooManyOpen] = (FileError.Storage, "the server has too many files open; try again later"),
        [TooBig] = (FileError.NoSpace, "the file is larger than the disk can hold"),
        [NoSpace] = (FileError.NoSpace, "the disk is full"),
        [ReadOnlyDisk] = (FileError.NotPermitted, "the disk is read-only"),
        [TooManyLinks] = (FileError.NoSpace, "the folder cannot hold more folders"),
        [NameTooLong] = (FileError.BadName, "the name is too long"),
        [NoSuchCall] = (FileError.NotSupported, "the operating system cannot do it"),
        [NotEmpty] = (FileError.NotEmpty, "the folder is not empty"),
        [Loop] = (FileError.NotPermitted, "a link in it is not followed"),
        [IllegalBytes] = (FileError.BadName, "the disk does not take these bytes in a name"),
        [NotSupported] = (FileError.NotSupported, "the disk cannot do it"),
        [NotConnected] = (FileError.Storage, "the disk does not answer; ask the operator to look at it"),
        [Stale] = (FileError.Storage, "the disk lost it; try again later"),
        [Quota] = (FileError.NoSpace, "the disk quota of the server's own account is used up"),
    };

    /// <summary>The exception for a negated errno about <paramref name="subject"/>, an escaped path or a few words.</summary>
    public static FileException Exception(long result, string subject)
    {
        var number = (int)-result;
        var (error, text) = Table.TryGetValue(number, out var known)
            ? known
            : (FileError.Storage, $"the disk failed (errno {number})");
        return new FileException(error, $"{subject}: {text}.") { SystemError = number };
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
