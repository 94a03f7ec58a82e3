namespace Argosy.Files;

/// <summary>What the operating system refused, as a kind of error and in words: part of a sentence, without a stop. Its numbers and its own texts are shown to nobody.</summary>
internal static class SystemText
{
    private static readonly Dictionary<int, (FileError Error, string Text)> Table = new()
    {
        [Errno.NotPermitted] = (FileError.NotPermitted, "the operating system does not permit it"),
        [Errno.NotFound] = (FileError.NotFound, "not found"),
        [Errno.InputOutput] = (FileError.Storage, "the disk reports an error; ask the operator to look at it"),
        [Errno.NoDevice] = (FileError.NotAFile, "a device, a pipe or a socket: those are listed, never opened"),
        [Errno.Again] = (FileError.Storage, "the folders above it keep changing; try again"),
        [Errno.NoMemory] = (FileError.Storage, "the server is short of memory; try again later"),
        [Errno.Access] = (FileError.NotPermitted, "the operating system does not permit it"),
        [Errno.Busy] = (FileError.NotPermitted, "the operating system is using it"),
        [Errno.Exists] = (FileError.AlreadyExists, "already exists"),
        [Errno.CrossDevice] = (FileError.NotPermitted, "it leads out of the home"),
        [Errno.NotAFolder] = (FileError.NotAFolder, "a part of the path is not a folder"),
        [Errno.IsAFolder] = (FileError.IsAFolder, "is a folder"),
        [Errno.Invalid] = (FileError.BadName, "the operating system does not take this name"),
        [Errno.TooManyInSystem] = (FileError.Storage, "the server has too many files open; try again later"),
        [Errno.TooManyOpen] = (FileError.Storage, "the server has too many files open; try again later"),
        [Errno.TooBig] = (FileError.NoSpace, "the file is larger than the disk can hold"),
        [Errno.NoSpace] = (FileError.NoSpace, "the disk is full; try again later, or tell the operator"),
        [Errno.ReadOnlyDisk] = (FileError.NotPermitted, "the disk is read-only"),
        [Errno.TooManyLinks] = (FileError.NoSpace, "the folder cannot hold more folders"),
        [Errno.NameTooLong] = (FileError.BadName, "the name is too long"),
        [Errno.NoSuchCall] = (FileError.NotSupported, "the operating system cannot do it"),
        [Errno.NotEmpty] = (FileError.NotEmpty, "not empty"),
        [Errno.Loop] = (FileError.NotPermitted, "a link in it is not followed"),
        [Errno.IllegalBytes] = (FileError.BadName, "the disk does not take these bytes in a name"),
        [Errno.NotSupported] = (FileError.NotSupported, "the disk cannot do it"),
        [Errno.NotConnected] = (FileError.Storage, "the disk does not answer; ask the operator to look at it"),
        [Errno.Stale] = (FileError.Storage, "the disk lost it; try again later"),
        [Errno.Quota] = (FileError.NoSpace, "the disk quota of the server's own account is used up"),
    };

    /// <summary>For an errno.</summary>
    public static (FileError Error, string Words) Of(int number) =>
        Table.TryGetValue(number, out var known) ? known : (FileError.Storage, "the disk failed; ask the operator to look at it");
}
