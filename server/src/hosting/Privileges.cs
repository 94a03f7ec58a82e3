using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Argosy.Server;

/// <summary>A user of this machine, as the system's user database knows it.</summary>
/// <param name="Name">Login name.</param>
/// <param name="UserId">User id.</param>
/// <param name="GroupId">Primary group's id.</param>
internal sealed record SystemUser(string Name, uint UserId, uint GroupId);

/// <summary>
/// Gives root's rights away once the ports are bound. glibc and musl carry setuid(2) to every thread of the process (nptl(7)), so
/// the threads that the runtime has started meanwhile lose them too.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static unsafe partial class Privileges
{
    /// <summary>The user of that name.</summary>
    /// <exception cref="ConfigurationException">There is none, or this process is not root and is somebody else.</exception>
    public static SystemUser Find(string name)
    {
        var entry = GetPasswordEntry(name);
        if (entry is null) throw new ConfigurationException($"--user: there is no user \"{name}\" on this machine");
        var user = new SystemUser(name, entry->UserId, entry->GroupId);
        if (EffectiveUserId() is var current && current != 0 && current != user.UserId)
            throw new ConfigurationException($"--user {name} needs root; start as root, or as {name} without --user");
        return user;
    }

    /// <summary>Becomes <paramref name="user"/> for good: groups first, because nobody but root may change them.</summary>
    /// <exception cref="StartException">The system refuses, or root's rights could be had back.</exception>
    public static void Drop(SystemUser user)
    {
        if (EffectiveUserId() != 0) return;
        Check(SetGroupId(user.GroupId), "setgid");
        Check(InitializeGroups(user.Name, user.GroupId), "initgroups");
        Check(SetUserId(user.UserId), "setuid");
        if (user.UserId != 0 && SetUserId(0) == 0) throw new StartException("root's rights could not be given up");
    }

    /// <summary>Gives a folder that root has made, and what is in it, to <paramref name="user"/>. Links are not followed.</summary>
    public static void GiveFolder(string path, SystemUser user)
    {
        if (EffectiveUserId() == 0) FolderGift.Make(path, user);
    }

    /// <summary>Who owns a file or folder.</summary>
    [SupportedOSPlatform("linux")]
    public static SystemUser OwnerOf(string path)
    {
        var status = default(FileStatus);
        Check(GetStatus(AtWorkingFolder, path, 0, StatusOwner, &status), $"statx {path}");
        return new SystemUser("", status.UserId, status.GroupId);
    }

    private static void Check(int result, string what)
    {
        if (result == 0) return;
        throw new StartException($"{what} failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    // The head of struct passwd, the same in glibc and musl (getpwnam(3)).
    [StructLayout(LayoutKind.Sequential)]
    private struct PasswordEntry
    {
        public nint Name;
        public nint Password;
        public uint UserId;
        public uint GroupId;
    }

    // struct statx has the same layout on every architecture (statx(2)).
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(20)]
        public uint UserId;

        [FieldOffset(24)]
        public uint GroupId;
    }

    private const int AtWorkingFolder = -100; // AT_FDCWD
    private const uint StatusOwner = 0x8 | 0x10; // STATX_UID, STATX_GID

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatus(int folder, string path, int flags, uint mask, FileStatus* status);

    [LibraryImport("libc", EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial PasswordEntry* GetPasswordEntry(string name);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUserId();

    [LibraryImport("libc", EntryPoint = "setuid", SetLastError = true)]
    private static partial int SetUserId(uint user);

    [LibraryImport("libc", EntryPoint = "setgid", SetLastError = true)]
    private static partial int SetGroupId(uint group);

    [LibraryImport("libc", EntryPoint = "initgroups", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int InitializeGroups(string name, uint group);
}
