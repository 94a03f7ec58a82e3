using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Argosy.Ledger;

/// <summary>What a slot of the table holds.</summary>
internal enum RecordKind
{
    /// <summary>Nothing: all bytes are zero.</summary>
    Free,

    /// <summary>A key's usage.</summary>
    Counter,

    /// <summary>A reservation.</summary>
    Lease,

    /// <summary>A reservation whose commit has begun.</summary>
    Intent,
}

/// <summary>One slot of the table, 328 bytes.</summary>
/// <remarks>
/// <code>
/// offset  size  counter                        lease, intent
///      0     4  kind                           kind
///      4     4  length of the key              length of the mark
///      8     8  CRC-32C of the rest            CRC-32C of the rest
///     16    16  settled bytes, files           held bytes, files
///     32    16  leased bytes, files            bytes, files to settle
///     48     4  1 when it was counted          slot of its counter
///     52     4  0                              owner's pid
///     56     8  the last turn that was taken   owner's start time
///     64     8  how often it changed           serial: tells a slot's tenants apart
///     72   256  key                            mark
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct Record
{
    internal const int Size = 328;
    internal const int MaxText = 256;

    [FieldOffset(0)]
    internal RecordKind Kind;

    [FieldOffset(4)]
    private int _textLength;

    [FieldOffset(8)]
    private ulong _checksum;

    /// <summary>Settled, or held.</summary>
    [FieldOffset(16)]
    internal Amount First;

    /// <summary>Leased, or to settle.</summary>
    [FieldOffset(32)]
    internal Amount Second;

    [FieldOffset(48)]
    internal int Counted;

    [FieldOffset(48)]
    internal int CounterSlot;

    [FieldOffset(52)]
    private int _pid;

    [FieldOffset(56)]
    private ulong _started;

    [FieldOffset(56)]
    internal long Turn;

    [FieldOffset(64)]
    internal long Serial;

    [FieldOffset(64)]
    internal long Changes;

    [FieldOffset(72)]
    private Text _text;

    internal Owner Owner
    {
        readonly get => new(_pid, _started);
        set => (_pid, _started) = value;
    }

    /// <summary>The key or the mark.</summary>
    [UnscopedRef]
    internal readonly ReadOnlySpan<byte> TextBytes => ((ReadOnlySpan<byte>)_text)[..Math.Clamp(_textLength, 0, MaxText)];

    internal void SetText(ReadOnlySpan<byte> text)
    {
        _text = default;
        text.CopyTo(_text);
        _textLength = text.Length;
    }

    /// <summary>To be called after the last change.</summary>
    internal void Seal() => _checksum = Kind == RecordKind.Free ? 0 : Checksum();

    /// <summary>False where the bytes are not those that were sealed, or make no sense.</summary>
    internal readonly bool IsSound() => Kind switch
    {
        RecordKind.Free => !MemoryMarshal.AsBytes(new ReadOnlySpan<Record>(in this)).ContainsAnyExcept((byte)0),
        RecordKind.Counter => _checksum == Checksum() && First.IsNatural && Second.IsNatural,
        RecordKind.Lease or RecordKind.Intent => _checksum == Checksum() && First.IsNatural,
        _ => false,
    };

    private readonly ulong Checksum()
    {
        var copy = this;
        copy._checksum = 0;
        return Crc(MemoryMarshal.AsBytes(new ReadOnlySpan<Record>(in copy)));
    }

    /// <summary>CRC-32C; the length is a multiple of eight. Never zero, so that zeroed memory is not taken for a sealed record.</summary>
    internal static ulong Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
            crc = BitOperations.Crc32C(crc, word);

        return crc | 1UL << 32;
    }

    [InlineArray(MaxText)]
    private struct Text
    {
        private byte _first;
    }
}
