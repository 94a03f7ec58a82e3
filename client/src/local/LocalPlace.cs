using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Client;

/// <summary>
/// Where a download is to go, found by the kernel's own steps: a folder that is open, and a name in it. Links are followed, so that what they lead to
/// gets the new content; one that leads nowhere is replaced itself.
/// </summary>
/// <param name="folder">Closed with this.</param>
/// <param name="name">One name.</param>
/// <param name="isStream">True for what is written to as it is, and never replaced.</param>
internal sealed class LocalPlace(LocalFolder folder, byte[] name, bool isStream) : IDisposable
{
    // As many as the kernel follows in one path (path_resolution(7)).
    private const int MostLinks = 40;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public LocalFolder Folder => folder;

    public byte[] Name => name;

    /// <summary>True for pipes, devices and open files by their number (<c>/dev/stdout</c>, <c>/dev/fd/N</c>): bytes go into them as they come.</summary>
    public bool IsStream => isStream;

    /// <summary>The whole path, by which <see cref="UnfinishedTransfers"/> knows it.</summary>
    public string Full => LocalPath.Full(folder.PlaceOf(name));

    /// <param name="path">The path.</param>
    /// <param name="isDanglingFollowed">True where a link that leads nowhere stays, and what it leads to is made.</param>
    /// <exception cref="LocalFileException">It is a folder, or lies in none.</exception>
    public static LocalPlace Find(string path, bool isDanglingFollowed = false)
    {
        var name = LocalPath.Name(path);
        if (name is "" or "." or "..")
            throw IsFolder(path);
        var bytes = LocalPath.Bytes(name);
        var folder = LocalFolder.Open(path == name ? "." : LocalPath.Folder(path));
        try
        {
            for (var links = 0; links < MostLinks; links++)
            {
                switch (folder.Find(bytes)?.Kind)
                {
                    case EntryKind.Folder:
                        throw IsFolder(path);
                    case EntryKind.Other:
                        return new LocalPlace(folder, bytes, isStream: true);
                    case EntryKind.Link when folder.IsOfProcesses:
                        // Not a link but an open file, whatever its words say.
                        return folder.Find(bytes, follow: true) is { Kind: EntryKind.Folder } ? throw IsFolder(path) : new LocalPlace(folder, bytes, isStream: true);
                    case EntryKind.Link when isDanglingFollowed || !IsNowhere(folder, bytes):
                        (folder, bytes) = Follow(folder, folder.ReadLink(bytes));
                        break;
                    default:
                        return new LocalPlace(folder, bytes, isStream: false);
                }
            }

            throw new LocalFileException(LocalFault.Link, path, "leads through more links than are followed");
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Opens what is a stream; a pipe that nobody reads from yet is waited for.</summary>
    /// <exception cref="LocalFileException">It cannot be written.</exception>
    public async Task<Stream> OpenStreamAsync(CancellationToken stop)
    {
        while (true)
        {
            var number = IsOwn ? Posix.DuplicateInherited(int.Parse(Encoding.ASCII.GetString(name), CultureInfo.InvariantCulture))
                : folder.TryOpen(name, Posix.WriteOnly | Posix.Append);
            if (number >= 0)
                return new SpecialStream(new SafeFileHandle(number, ownsHandle: true), folder.PlaceOf(name));
            if (number != Posix.NoPeer || folder.Find(name, follow: true) is not { IsPipe: true })
                throw LocalErrors.Make(-number, folder.PlaceOf(name), isWritten: true);
            await Task.Delay(Pause, stop).ConfigureAwait(false);
        }
    }

    public void Dispose() => folder.Dispose();

    // Opened again by its path, a file would be written from its beginning; the shell means the place where its other programs write.
    private bool IsOwn => folder.IsOfProcesses && name.AsSpan().IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 && name.Length < 9
        && LocalPath.Find("/proc/self/fd") is { } own && own.Identity == folder.Facts.Identity;

    private static bool IsNowhere(LocalFolder folder, byte[] name) => folder.Find(name, follow: true) is null;

    private static (LocalFolder Folder, byte[] Name) Follow(LocalFolder folder, byte[] words)
    {
        var end = words.AsSpan().TrimEnd((byte)'/').Length;
        words = words[..end];
        var slash = Array.LastIndexOf(words, (byte)'/');
        if (slash < 0)
            return (folder, words);
        var next = folder.OpenWay(slash == 0 ? "/"u8.ToArray() : words[..slash]);
        folder.Dispose();
        return (next, words[(slash + 1)..]);
    }

    private static LocalFileException IsFolder(string path) => new(LocalFault.IsAFolder, path, "is a folder; name the file in it");
}
