namespace Argosy.Sockets;

/// <summary>What the file system says of a path.</summary>
internal static unsafe class NativeFile
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint TypeAndMode = 0x3; // STATX_TYPE | STATX_MODE
    private const uint Inode = 0x100; // STATX_INO
    private const int StatusBytes = 256; // sizeof(struct statx)
    private const int ModeOffset = 28; // stx_mode
    private const int InodeOffset = 32; // stx_ino
    private const int DeviceOffset = 136; // stx_dev_major, stx_dev_minor

    /// <summary>Type and permission bits (inode(7)) by statx(2), whose layout is the same everywhere; 0 when there is none.</summary>
    internal static ushort Mode(string path)
    {
        var status = stackalloc byte[StatusBytes];
        return Libc.Status(CurrentFolder, path, NoFollow, TypeAndMode, status) == 0 ? *(ushort*)(status + ModeOffset) : (ushort)0;
    }

    /// <summary>Which file it is, whatever its name: no other has both numbers while this one exists. Null when there is none.</summary>
    internal static (ulong Device, ulong Inode)? Identity(string path)
    {
        var status = stackalloc byte[StatusBytes];
        return Libc.Status(CurrentFolder, path, NoFollow, Inode, status) == 0
            ? (*(ulong*)(status + DeviceOffset), *(ulong*)(status + InodeOffset))
            : null;
    }
}
