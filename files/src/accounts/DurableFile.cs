using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Argosy.Files;

/// <summary>Small files of the data folder: whole and lasting, for their owner alone.</summary>
internal static partial class DurableFile
{
    /// <summary>
    /// Replaces a file so that every reader, also after a crash, sees the old content or the new. Its mode is 0600. What root writes belongs to whom
    /// the old file belonged, or its folder where there was none: the server that runs as that user has to read it.
    /// </summary>
    /// <exception cref="IOException">It was not replaced.</exception>
    internal static void Replace(string path, ReadOnlySpan<byte> content) => Publish(path, content, overwrite: true);

    /// <summary>Makes a file unless it exists; true where this call made it.</summary>
    internal static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            Publish(path, content, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    /// <summary>Makes a folder of mode 0700 where none is, with those above it; true where this call made it. One that exists is left alone.</summary>
    internal static bool MakeFolder(string path)
    {
        if (Directory.Exists(path)) return false;

        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        return true;
    }

    private static void Publish(string path, ReadOnlySpan<byte> content, bool overwrite)
    {
        var staged = $"{path}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(staged, options))
            {
                GiveTo(file.SafeFileHandle.DangerousGetHandle(), path);
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(staged, path, overwrite);
            SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        finally
        {
            // Only there where a step failed.
            File.Delete(staged);
        }
    }

    /// <summary>What root has made in somebody's folder belongs to that user; for everybody else it does nothing.</summary>
    internal static void GiveToFolder(int descriptor, string path)
    {
        // A link beside it, made by whoever owns the folder, could be to anybody's file.
        if (Kernel.User == 0 && Kernel.Stat(descriptor, out var own) >= 0 && own.Links == 1) Give(descriptor, Path.GetDirectoryName(path)!);
    }

    private static void GiveTo(nint descriptor, string path)
    {
        if (!OperatingSystem.IsLinux() || Kernel.User != 0) return;
        if (!Give((int)descriptor, path)) Give((int)descriptor, Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>True where there is an owner to give it to.</summary>
    private static bool Give(int descriptor, string like)
    {
        if (Kernel.Stat(Kernel.AtWorkingFolder, [.. Encoding.UTF8.GetBytes(like), 0], Kernel.AtNoFollow, out var status) < 0) return false;
        if (ChangeOwner(descriptor, status.Owner, status.Group) == 0) return true;

        throw new IOException(AccountText.NotGiven(like, SystemText.Of(Marshal.GetLastPInvokeError()).Words));
    }

    /// <summary>Without it a crash of the machine may forget the rename (fsync(2), "Calling fsync() does not necessarily ensure...").</summary>
    private static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;

        var descriptor = Open(folder, 0);
        if (descriptor < 0) throw Failed(folder);
        try
        {
            if (Sync(descriptor) != 0) throw Failed(folder);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failed(string folder) => new(AccountText.NotSynchronized(folder, SystemText.Of(Marshal.GetLastPInvokeError()).Words));

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int ChangeOwner(int descriptor, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
