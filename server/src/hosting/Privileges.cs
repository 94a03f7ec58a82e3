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
        if (entry is null) throw new ConfigurationException(StartText.NoUser(name));
        var user = new SystemUser(name, entry->UserId, entry->GroupId);
        if (EffectiveUserId() is var current && current != 0 && current != user.UserId)
            throw new ConfigurationException(StartText.NeedsRoot(name));
        return user;
    }

    /// <summary>
    /// Does something with the rights of <paramref name="user"/>, where this process is root; with its own otherwise. So root reads and writes nothing that
    /// a link of that user leads to.
    /// </summary>
    /// <exception cref="StartException">The system refuses.</exception>
    public static T As<T>(SystemUser? user, Func<T> work)
    {
        if (user is null || user.UserId == 0 || EffectiveUserId() != 0) return work();
        var groups = Groups();
        Check(InitializeGroups(user.Name, user.GroupId), StartText.Rights);
        try
        {
            Check(SetEffectiveGroupId(user.GroupId), StartText.Rights);
            Check(SetEffectiveUserId(user.UserId), StartText.Rights);
            return work();
        }
        finally
        {
            Check(SetEffectiveUserId(0), StartText.Rights);
            Check(SetEffectiveGroupId(0), StartText.Rights);
            fixed (uint* list = groups) Check(SetGroups((nuint)groups.Length, list), StartText.Rights);
        }
    }

    /// <summary>Who this process is.</summary>
    public static uint CurrentUserId => EffectiveUserId();

    /// <summary>The login name of that user, or its number where it has none.</summary>
    public static string NameOf(uint user)
    {
        var entry = GetPasswordEntryOf(user);
        return (entry is null ? null : Marshal.PtrToStringUTF8(entry->Name)) ?? user.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Becomes <paramref name="user"/> for good: groups first, because nobody but root may change them.</summary>
    /// <exception cref="StartException">The system refuses, or root's rights could be had back.</exception>
    public static void Drop(SystemUser user)
    {
        if (EffectiveUserId() != 0) return;
        Check(SetGroupId(user.GroupId), StartText.Rights);
        Check(InitializeGroups(user.Name, user.GroupId), StartText.Rights);
        Check(SetUserId(user.UserId), StartText.Rights);
        if (user.UserId != 0 && SetUserId(0) == 0) throw new StartException(StartText.RightsKept);
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
        Check(GetStatus(AtWorkingFolder, path, 0, StatusOwner, &status), StartText.OwnerOf(path));
        return new SystemUser("", status.UserId, status.GroupId);
    }

    /// <summary>
    /// True for what another name may lead to, or where that cannot be told: a file with more names than one, which may not be its owner's elsewhere, and a link,
    /// whose owner says whose word it is.
    /// </summary>
    internal static bool StaysWhoseItIs(int descriptor)
    {
        var status = default(FileStatus);
        return GetStatus(descriptor, "", AtEmptyPath, StatusType | StatusLinks, &status) != 0
            || status.Links > 1
            || (status.Mode & TypeMask) == LinkType;
    }

    private static uint[] Groups()
    {
        var count = GetGroups(0, null);
        var groups = new uint[Math.Max(0, count)];
        fixed (uint* list = groups) return groups[..Math.Max(0, GetGroups(groups.Length, list))];
    }

    private static void Check(int result, string what)
    {
        if (result == 0) return;
        throw new StartException(StartText.RightsRefused(what, SystemReason.Of(Marshal.GetLastPInvokeError())));
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
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(20)]
        public uint UserId;

        [FieldOffset(24)]
        public uint GroupId;

        [FieldOffset(28)]
        public ushort Mode;
    }

    private const int AtWorkingFolder = -100; // AT_FDCWD
    private const int AtEmptyPath = 0x1000;
    private const uint StatusOwner = 0x8 | 0x10; // STATX_UID, STATX_GID
    private const uint StatusType = 0x1; // STATX_TYPE
    private const uint StatusLinks = 0x4; // STATX_NLINK
    private const int TypeMask = 0xf000; // S_IFMT
    private const int LinkType = 0xa000; // S_IFLNK

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatus(int folder, string path, int flags, uint mask, FileStatus* status);

    [LibraryImport("libc", EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial PasswordEntry* GetPasswordEntry(string name);

    [LibraryImport("libc", EntryPoint = "getpwuid")]
    private static partial PasswordEntry* GetPasswordEntryOf(uint user);

    [LibraryImport("libc", EntryPoint = "seteuid", SetLastError = true)]
    private static partial int SetEffectiveUserId(uint user);

    [LibraryImport("libc", EntryPoint = "setegid", SetLastError = true)]
    private static partial int SetEffectiveGroupId(uint group);

    [LibraryImport("libc", EntryPoint = "getgroups", SetLastError = true)]
    private static partial int GetGroups(int count, uint* groups);

    [LibraryImport("libc", EntryPoint = "setgroups", SetLastError = true)]
    private static partial int SetGroups(nuint count, uint* groups);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUserId();

    [LibraryImport("libc", EntryPoint = "setuid", SetLastError = true)]
    private static partial int SetUserId(uint user);

    [LibraryImport("libc", EntryPoint = "setgid", SetLastError = true)]
    private static partial int SetGroupId(uint group);

    [LibraryImport("libc", EntryPoint = "initgroups", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int InitializeGroups(string name, uint group);
}
