using System.Globalization;
using System.Runtime.InteropServices;

namespace Argosy.Files;

/// <summary>What statx(2) tells: the one stat structure whose layout no architecture changes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct Status
{
    /// <summary>STATX_BASIC_STATS, STATX_BTIME and STATX_MNT_ID.</summary>
    public const uint Wanted = 0x7ff | 0x800 | 0x1000;

    private const int TypeMask = 0xf000, Folder = 0x4000, Regular = 0x8000, Link = 0xa000;

    [FieldOffset(16)] public uint Links;
    [FieldOffset(20)] public uint Owner;
    [FieldOffset(24)] public uint Group;
    [FieldOffset(28)] public ushort TypeAndMode;
    [FieldOffset(32)] public ulong Inode;
    [FieldOffset(40)] public long Length;
    [FieldOffset(80)] public Moment Born;
    [FieldOffset(96)] public Moment Changed;
    [FieldOffset(112)] public Moment Written;
    [FieldOffset(136)] public uint DeviceMajor;
    [FieldOffset(140)] public uint DeviceMinor;
    [FieldOffset(144)] public ulong Mount;

    public readonly bool IsFile => (TypeAndMode & TypeMask) == Regular;

    public readonly bool IsFolder => (TypeAndMode & TypeMask) == Folder;

    public readonly bool IsLink => (TypeAndMode & TypeMask) == Link;

    public readonly EntryKind Kind => IsFile ? EntryKind.File : IsFolder ? EntryKind.Folder : IsLink ? EntryKind.Link : EntryKind.Other;

    /// <summary>True for two views of one file: same device, same inode.</summary>
    public readonly bool IsSame(in Status other) => IsSameDevice(other) && Inode == other.Inode;

    /// <summary>True where a rename between the two can work: bind mounts of one device do not count as one.</summary>
    public readonly bool IsSameMount(in Status other) => IsSameDevice(other) && Mount == other.Mount;

    /// <summary>What it counts: a file its bytes, a link those of its target's name, anything else nothing.</summary>
    public readonly Usage Usage => IsFile || IsLink ? new(Length, 1) : default;

    public readonly FileIdentity Identity => new(Inode, Born.Seconds, Born.Nanoseconds);

    public readonly FileEntry Entry(ReadOnlyMemory<byte> name, ReadOnlyMemory<byte>? target = null) =>
        new(name, Kind, IsFile ? Length : 0, Written.Time, TypeAndMode & 0xfff, target);

    /// <summary>
    /// The version of a file. The time of change moves with every write, and nobody can set it; the inode tells a file from the one that replaced it. Since
    /// Linux 6.13 (multigrain timestamps: ext4, xfs, btrfs, tmpfs) a time that was looked at never stays the same after another write; before, two
    /// writes of one length within a tick of the clock (1 to 10 ms) show one version, and the kernel's change counter is not shown to programs.
    /// </summary>
    public readonly string Revision => string.Create(
        CultureInfo.InvariantCulture, $"{Inode:x}-{Changed.Seconds:x}.{Changed.Nanoseconds:x}-{Length:x}");

    /// <summary>
    /// True where a file's bytes are those of an earlier look. A write moves both times; who puts the time of writing back moves that of change all the
    /// same. That alone moves too when a name is removed or replaced, or another made: then only the rest decides.
    /// </summary>
    public readonly bool HasContentOf(in Status earlier) =>
        Length == earlier.Length && Written.IsSame(earlier.Written) && (Changed.IsSame(earlier.Changed) || Links != earlier.Links);

    private readonly bool IsSameDevice(in Status other) => DeviceMajor == other.DeviceMajor && DeviceMinor == other.DeviceMinor;

    /// <summary>struct statx_timestamp.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Moment
    {
        public long Seconds;
        public uint Nanoseconds;
        private readonly int _reserved;

        public readonly bool IsSame(in Moment other) => Seconds == other.Seconds && Nanoseconds == other.Nanoseconds;

        /// <summary>Whole microseconds, UTC; times beyond the calendar's ends stand at them.</summary>
        public readonly DateTime Time =>
            Seconds is < -62135596800 or > 253402300799
                ? (Seconds < 0 ? DateTime.MinValue : DateTime.MaxValue)
                : DateTime.UnixEpoch.AddTicks((Seconds * TimeSpan.TicksPerSecond) + (Nanoseconds / 1000 * TimeSpan.TicksPerMicrosecond));
    }
}

/// <summary>One file of a disk, told apart from a later one with the same inode.</summary>
internal readonly record struct FileIdentity(ulong Inode, long BornSeconds, uint BornNanoseconds)
{
    /// <summary>16 characters of it, where there is no room for all: as good as unique among the few files that may ever have one name.</summary>
    public string Brief => (Inode ^ (((ulong)BornSeconds * 1_000_000_000) + BornNanoseconds) * 0x9e3779b97f4a7c15).ToString("x16", CultureInfo.InvariantCulture);
}

/// <summary>struct statvfs of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct DiskSpace
{
    [FieldOffset(8)] public ulong FragmentSize;
    [FieldOffset(32)] public ulong AvailableBlocks;

    public readonly long Available => (long)UInt128.Min((UInt128)long.MaxValue, (UInt128)FragmentSize * AvailableBlocks);
}
