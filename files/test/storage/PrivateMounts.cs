using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Argosy.Files.Tests;

/// <summary>
/// Runs a test on a thread with a mount namespace of its own (mount_namespaces(7)): what it mounts is seen by that thread and the processes it
/// starts, and is gone with them, whatever becomes of the test. Only root may; elsewhere the test is not applicable.
/// </summary>
internal static partial class PrivateMounts
{
    private const int NewNamespace = 0x20000, Recursive = 0x4000, Private = 0x40000, BindTo = 0x1000;

    public static void Run(Action test)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "not applicable: only root may mount.");
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Check(Unshare(NewNamespace), "unshare");
                Check(Mount("none", "/", null, Recursive | Private, null), "mount");
                test();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Mounts an empty disk on a folder, which it makes.</summary>
    public static void Disk(string folder, string size = "64m")
    {
        Directory.CreateDirectory(folder);
        Check(Mount("tmpfs", folder, "tmpfs", 0, "size=" + size), "mount");
    }

    /// <summary>Gives a disk other limits.</summary>
    public static void Remount(string folder, string options) => Check(Mount("tmpfs", folder, "tmpfs", 0x20, options), "mount");

    /// <summary>Mounts a folder on another one.</summary>
    public static void Bind(string what, string folder)
    {
        Directory.CreateDirectory(folder);
        Check(Mount(what, folder, null, BindTo, null), "mount");
    }

    /// <summary>Mounts a disk that has failed: whoever looks at it gets an error (ENOTCONN).</summary>
    public static void Broken(string folder)
    {
        Directory.CreateDirectory(folder);
        var device = Open("/dev/fuse", 2);
        Check(device, "/dev/fuse");
        var options = string.Create(CultureInfo.InvariantCulture, $"fd={device},rootmode=40000,user_id=0,group_id=0");
        Check(Mount("fuse", folder, "fuse", 0, options), "mount");
        Check(Close(device), "close");
    }

    public static void Unmount(string folder) => Check(Unmount2(folder, 0), "umount");

    private static void Check(int result, string what) =>
        Assert.True(result >= 0, string.Create(CultureInfo.InvariantCulture, $"{what}: errno {Marshal.GetLastPInvokeError()}"));

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string? type, nuint flags, string? data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount2(string target, int flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
