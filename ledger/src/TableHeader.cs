using System.Runtime.InteropServices;

namespace Argosy.Ledger;

/// <summary>The first 64 bytes of the file. Written once per generation.</summary>
/// <remarks>
/// <code>
/// offset  size
///      0     8  "ARGLEDGR"
///      8     4  version
///     12     4  size of a record
///     16    16  the machine's boot
///     32    16  generation
///     48     8  CRC-32C of the above
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = Size)]
internal struct TableHeader
{
    internal const int Size = 64;
    private const ulong Signature = 0x52474445_4C475241;
    private const int CurrentVersion = 1;

    private ulong _signature;
    private int _version;
    private int _recordSize;
    private Guid _boot;
    internal Guid Generation;
    private ulong _checksum;

    internal static TableHeader Create(Guid boot)
    {
        var header = new TableHeader
        {
            _signature = Signature,
            _version = CurrentVersion,
            _recordSize = Record.Size,
            _boot = boot,
            Generation = Guid.NewGuid(),
        };
        header._checksum = header.Checksum();
        return header;
    }

    internal readonly bool IsSound(Guid boot) => Fault(boot) is null;

    internal readonly bool IsFromAnotherBoot(Guid boot) => Fault(_boot) is null && _boot != boot;

    /// <summary>What is wrong, or null.</summary>
    internal readonly string? Fault(Guid boot)
    {
        if (_signature != Signature) return "it is no ledger or was left half made";
        if (_version != CurrentVersion || _recordSize != Record.Size) return "it is of another version";
        if (_checksum != Checksum()) return "its header is damaged";

        return _boot == boot ? null : "the machine was restarted";
    }

    private readonly ulong Checksum()
    {
        var copy = this;
        copy._checksum = 0;
        return Record.Crc(MemoryMarshal.AsBytes(new ReadOnlySpan<TableHeader>(in copy)));
    }
}
