using System.Collections.Frozen;
using System.Globalization;

namespace Argosy.Client;

/// <summary>What the kernel's error numbers mean for a local file, in words for people: one line each (errno(3), Linux).</summary>
internal static class LocalErrors
{
    public const int NotPermittedAtAll = 1, NotFound = 2, InputOutput = 5, NotPermitted = 13, NameTooLong = 36;

    private static readonly FrozenDictionary<int, (LocalFault Fault, string Read, string Written)> Table =
        new Dictionary<int, (LocalFault, string, string)>
        {
            [NotPermittedAtAll] = (LocalFault.NotPermitted, "may not be read by you", "may not be changed by you"),
            [NotFound] = (LocalFault.NotFound, "no such file", "no such folder"),
            [InputOutput] = (LocalFault.Failed, "the disk failed to read it", "the disk failed to write it"),
            [6] = (LocalFault.NotAFile, "is a socket or a device without anything behind it", "nobody reads from it"),
            [11] = (LocalFault.InUse, "is in use by another program", "is in use by another program"),
            [12] = (LocalFault.Failed, "this machine has no memory left", "this machine has no memory left"),
            [NotPermitted] = (LocalFault.NotPermitted, "may not be read by you", "may not be written by you"),
            [16] = (LocalFault.InUse, "is in use by another program", "is in use by another program"),
            [17] = (LocalFault.Exists, "already exists", "already exists"),
            [18] = (LocalFault.Failed, "lies on another disk", "lies on another disk"),
            [19] = (LocalFault.NotAFile, "is a device without anything behind it", "is a device without anything behind it"),
            [20] = (LocalFault.NotAFolder, "is not a folder", "is not a folder"),
            [21] = (LocalFault.IsAFolder, "is a folder", "is a folder; a file cannot take its place"),
            [22] = (LocalFault.BadName, "cannot be used in that way", "the disk does not take that name"),
            [23] = (LocalFault.TooManyOpen, "this machine has too many files open", "this machine has too many files open"),
            [24] = (LocalFault.TooManyOpen, TooMany, TooMany),
            [26] = (LocalFault.InUse, "is a program that runs", "is a program that runs"),
            [27] = (LocalFault.TooLarge, "is larger than files may be here", "becomes larger than files may be here (see ulimit -f)"),
            [28] = (LocalFault.NoSpace, "the disk is full", "the disk is full"),
            [30] = (LocalFault.NotPermitted, "lies on a disk that is read-only", "lies on a disk that is read-only"),
            [32] = (LocalFault.Failed, "whoever was writing has gone", "whoever was reading has gone"),
            [NameTooLong] = (LocalFault.BadName, "the name is longer than names may be here", "the name is longer than names may be here"),
            [39] = (LocalFault.Exists, "is not empty", "is not empty"),
            [40] = (LocalFault.Link, "is a link that is not followed here, or leads round in a circle", "is a link that is not followed here, or leads round in a circle"),
            [84] = (LocalFault.BadName, "the disk does not take that name", "the disk does not take that name"),
            [95] = (LocalFault.Failed, "the disk cannot do that", "the disk cannot do that"),
            [116] = (LocalFault.Failed, "has gone from the disk that it was on", "has gone from the disk that it was on"),
            [122] = (LocalFault.NoSpace, "your share of the disk is used up", "your share of the disk is used up"),
        }.ToFrozenDictionary();

    private const string TooMany = "too many files are open at once (ulimit -n allows no more)";

    /// <param name="number">A positive errno.</param>
    /// <param name="path">The file, as <see cref="ByteText"/>.</param>
    /// <param name="isWritten">True where it was to be written, else read.</param>
    /// <param name="inner">What it is made of.</param>
    public static LocalFileException Make(int number, string path, bool isWritten, Exception? inner = null) =>
        Table.TryGetValue(number, out var row)
            ? new LocalFileException(row.Fault, path, isWritten ? row.Written : row.Read, inner)
            : new LocalFileException(
                LocalFault.Failed, path, $"cannot be {(isWritten ? "written" : "read")} (error {number.ToString(CultureInfo.InvariantCulture)})", inner);
}
