using System.Runtime.InteropServices;

namespace Argosy.Client;

/// <summary>What statx(2) tells of a local file: the one stat structure whose layout no architecture changes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct FileFacts
{
    /// <summary>STATX_BASIC_STATS.</summary>
    public const uint Wanted = 0x7ff;

    private const int TypeMask = 0xf000, PipeType = 0x1000, RegularType = 0x8000, FolderType = 0x4000, LinkType = 0xa000;

    [FieldOffset(16)] public readonly uint Links;
    [FieldOffset(20)] public readonly uint Owner;
    [FieldOffset(28)] private readonly ushort _typeAndMode;
    [FieldOffset(32)] private readonly ulong _inode;
    [FieldOffset(40)] public readonly long Size;
    [FieldOffset(96)] private readonly Moment _changed;
    [FieldOffset(112)] private readonly Moment _modified;
    [FieldOffset(136)] private readonly uint _deviceMajor;
    [FieldOffset(140)] private readonly uint _deviceMinor;

    public EntryKind Kind => (_typeAndMode & TypeMask) switch
    {
        RegularType => EntryKind.File,
        FolderType => EntryKind.Folder,
        LinkType => EntryKind.Link,
        _ => EntryKind.Other,
    };

    public bool IsPipe => (_typeAndMode & TypeMask) == PipeType;

    public UnixFileMode Mode => (UnixFileMode)(_typeAndMode & 0xfff);

    /// <summary>Whole microseconds; times beyond the calendar stand at its ends.</summary>
    public DateTimeOffset Modified => _modified.Seconds is < -62135596800 or > 253402300799
        ? (_modified.Seconds < 0 ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue)
        : DateTimeOffset.UnixEpoch.AddTicks(
            (_modified.Seconds * TimeSpan.TicksPerSecond) + (_modified.Nanoseconds / 1000 * TimeSpan.TicksPerMicrosecond));

    /// <summary>Which file it is: device and inode.</summary>
    public (uint, uint, ulong) Identity => (_deviceMajor, _deviceMinor, _inode);

    /// <summary>
    /// Whether it is the same version of the same file: device, inode, size, times of modification and of change. Nobody can set the last of these, so
    /// that an edit shows even where the modification time was put back.
    /// </summary>
    public bool IsSameVersion(in FileFacts other) => Identity == other.Identity && Size == other.Size
        && _modified == other._modified && _changed == other._changed;

    /// <summary>struct statx_timestamp.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Moment
    {
        public readonly long Seconds;
        public readonly uint Nanoseconds;
        private readonly int _reserved;
    }
}
