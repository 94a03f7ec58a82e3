using System.Buffers.Binary;

namespace Argosy.Files;

/// <summary>
/// What the kernel gives to a file that is made in a folder, and not to one that is renamed into it: the folder's group where it has the set-group-id bit, and
/// its default access list (acl(5), "OBJECT CREATION AND DEFAULT ACLs"). A security label is not among it: docs/decisions/0015-staging-beside.md.
/// </summary>
internal readonly record struct FolderGifts(uint? Group, byte[]? AccessList)
{
    private const int SetGroup = 0x400;

    // struct posix_acl_xattr_header and _entry: u32 version, then u16 tag, u16 permissions, u32 id each, little-endian.
    private const int Header = 4, Entry = 8, PermissionsAt = 2;
    private const ushort OwnerTag = 0x01, GroupTag = 0x04, MaskTag = 0x10, OtherTag = 0x20;

    /// <summary>What this folder gives.</summary>
    public static FolderGifts Of(Descriptor folder, in Status status) =>
        new((status.TypeAndMode & SetGroup) != 0 ? status.Group : null, Kernel.ReadDefaultAccessList(folder.Number));

    /// <summary>Gives it to a file of this server; whether there was anything to give.</summary>
    /// <param name="file">The file.</param>
    /// <param name="mode">The permission bits that it was asked to have: an access list takes the umask's place, not theirs.</param>
    /// <param name="path">Which file it is.</param>
    public bool GiveTo(int file, int mode, RemotePath path)
    {
        if (Group is { } group)
        {
            // The kernel gives the group to a new file whoever makes it; chown(2) wants a member. A file of the server's own group is what remains then.
            var result = Kernel.SetGroup(file, group);
            _ = result == -Errno.NotPermitted ? 0 : Errno.Check(result, path);
        }

        if (AccessList is not null)
        {
            Errno.Check(Kernel.SetAccessList(file, Restricted(AccessList, mode)), path);
        }

        return Group is not null || AccessList is not null;
    }

    /// <summary>The access list of a new file: the default one, in which the mode takes away from owner, mask (or, without one, group) and others.</summary>
    internal static byte[] Restricted(ReadOnlySpan<byte> defaults, int mode)
    {
        var list = defaults.ToArray();
        var hasMask = false;
        for (var at = Header; at + Entry <= list.Length; at += Entry)
        {
            hasMask |= BinaryPrimitives.ReadUInt16LittleEndian(list.AsSpan(at)) == MaskTag;
        }

        for (var at = Header; at + Entry <= list.Length; at += Entry)
        {
            var allowed = BinaryPrimitives.ReadUInt16LittleEndian(list.AsSpan(at)) switch
            {
                OwnerTag => mode >> 6,
                MaskTag => mode >> 3,
                GroupTag when !hasMask => mode >> 3,
                OtherTag => mode,
                _ => 7,
            };
            list[at + PermissionsAt] &= (byte)(allowed & 7);
        }

        return list;
    }
}
