using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>
/// Files of the data folder, opened so that nothing is followed which the folder's owner may have left there for somebody mightier: the user who serves
/// owns the folder, and root works in it too (<c>argosy user add</c>). Linux only.
/// </summary>
internal static class OwnFile
{
    internal const int Append = 0x400; // O_APPEND

    private const int MostLinks = 40; // As in path_resolution(7).
    private const int OwnerOnly = 0x180; // 0600

    /// <summary>Opens a regular file and no link; null where there is none.</summary>
    /// <exception cref="IOException">It is something else, or cannot be opened; the message says what to do.</exception>
    internal static SafeFileHandle? Open(string path, int flags)
    {
        // Without waiting: opening a FIFO would.
        var number = Kernel.OpenAt(Kernel.AtWorkingFolder, Terminated(path), flags | Kernel.NoFollow | Kernel.NonBlocking, OwnerOnly);
        if (number == -Errno.NotFound && (flags & Kernel.Create) == 0) return null;
        if (number < 0) throw Failed(number, path);

        var file = new SafeFileHandle(number, ownsHandle: true);
        if (Kernel.Stat(number, out var status) >= 0 && status.IsFile) return file;

        file.Dispose();
        throw new IOException(AccountText.NotRegular(path));
    }

    /// <summary>All of a regular file; null where there is none.</summary>
    /// <exception cref="IOException">It is something else, or cannot be read.</exception>
    internal static byte[]? Read(string path)
    {
        using var file = Open(path, Kernel.ReadOnly);
        if (file is null) return null;

        using var stream = new FileStream(file, FileAccess.Read, bufferSize: 0);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>
    /// Where a path leads whose last component may be a link. Only links of root and of this process's own user are followed: those are an operator's
    /// word, another's may be a trap.
    /// </summary>
    /// <exception cref="IOException">A link belongs to somebody else, or there are too many.</exception>
    internal static string Follow(string path)
    {
        Span<byte> target = stackalloc byte[RemotePath.LongestPath];
        for (var links = 0; links <= MostLinks; links++)
        {
            using var found = new Descriptor(Kernel.OpenAt(Kernel.AtWorkingFolder, Terminated(path), Kernel.PathOnly | Kernel.NoFollow));
            if (found.Number < 0 || Kernel.Stat(found.Number, out var status) < 0 || !status.IsLink) return path;
            if (status.Owner != 0 && status.Owner != Kernel.User)
                throw new IOException(AccountText.ForeignLink(path));

            var length = Kernel.ReadLink(found.Number, "\0"u8, target);
            if (length <= 0) return path;
            path = Path.GetFullPath(Encoding.UTF8.GetString(target[..length]), Path.GetDirectoryName(path)!);
        }

        throw new IOException(AccountText.TooManyLinks(path, MostLinks));
    }

    private static IOException Failed(int result, string path) => -result switch
    {
        Errno.Loop => new IOException(AccountText.UnexpectedLink(path)),
        Errno.Access or Errno.NotPermitted => new IOException(AccountText.NotPermitted(path)),
        Errno.NotFound or Errno.NotAFolder => new IOException(AccountText.FolderMissing(path)),
        _ => new IOException(Errno.Exception(result, path).Message),
    };

    private static byte[] Terminated(string path) => [.. Encoding.UTF8.GetBytes(path), 0];
}
