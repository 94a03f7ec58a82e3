using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Server;

/// <summary>Files that nobody but their owner reads.</summary>
internal static partial class PrivateFile
{
    /// <summary>Replaces a file's text atomically and durably; at no moment may anybody else read it, and nothing is left of a failure.</summary>
    public static void Write(string path, string text)
    {
        var fresh = $"{path}.{Environment.ProcessId}.new";
        File.Delete(fresh);
        try
        {
            WriteFresh(fresh, text);
            File.Move(fresh, path, overwrite: true);
        }
        catch
        {
            TryDelete(fresh);
            throw;
        }

        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Deletes a file where that can be done.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It says nothing that anybody relies on.
        }
    }

    private static void WriteFresh(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }

    /// <summary>
    /// Puts the names in a folder on the disk: a rename is there when its folder is (fsync(2)), and a key that was gone after a power failure would break every
    /// client's pin.
    /// </summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    private static void SyncFolder(string path)
    {
        const int closeOnExec = 0x80000, cannot = 22, notSupported = 95; // O_CLOEXEC; EINVAL, EOPNOTSUPP: some file systems have no sync of folders
        if (OperatingSystem.IsWindows()) return;
        using var folder = Open(path, closeOnExec);
        if (folder.IsInvalid || Sync(folder) == 0) return; // Who may write into a folder and not read it cannot ask for more.
        var error = Marshal.GetLastPInvokeError();
        if (error is not (cannot or notSupported)) throw new IOException(SystemReason.Of(error), error);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);
}
