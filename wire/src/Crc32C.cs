using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Argosy.Wire;

/// <summary>
/// CRC-32C (Castagnoli; RFC 3720 appendix B.4), incremental: append bytes as they pass, read <see cref="Value"/> at any time.
/// The default value is the sum of nothing.
/// </summary>
public struct Crc32C
{
    // Three independent chains hide the instruction's latency of three cycles. A chain's result moves over the bytes of its
    // successors by a linear map, tabulated for exactly this length.
    private const int Lane = 2048;
    private static readonly uint[] PastLane = TabulateLane();

    private uint _sum;

    /// <summary>The sum of all bytes so far. No bytes: 0.</summary>
    public readonly uint Value => _sum;

    /// <summary>Adds <paramref name="bytes"/> behind what was added before.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => _sum = ~Update(~_sum, bytes);

    /// <summary>The sum of <paramref name="bytes"/> alone.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Update(~0u, bytes);

    private static uint Update(uint state, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 3 * Lane)
        {
            state = UpdateThreeLanes(state, bytes);
            bytes = bytes[(3 * Lane)..];
        }

        return UpdateOneLane(state, bytes);
    }

    private static uint UpdateOneLane(uint state, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var value in bytes)
            state = BitOperations.Crc32C(state, value);
        return state;
    }

    private static uint UpdateThreeLanes(uint first, ReadOnlySpan<byte> bytes)
    {
        if (!BitConverter.IsLittleEndian)
            return UpdateOneLane(first, bytes[..(3 * Lane)]);

        var a = MemoryMarshal.Cast<byte, ulong>(bytes[..Lane]);
        var b = MemoryMarshal.Cast<byte, ulong>(bytes.Slice(Lane, Lane))[..a.Length];
        var c = MemoryMarshal.Cast<byte, ulong>(bytes.Slice(2 * Lane, Lane))[..a.Length];
        uint second = 0, third = 0;
        for (var i = 0; i < a.Length; i++)
        {
            first = BitOperations.Crc32C(first, a[i]);
            second = BitOperations.Crc32C(second, b[i]);
            third = BitOperations.Crc32C(third, c[i]);
        }

        return MovePastLane(MovePastLane(first) ^ second) ^ third;
    }

    private static uint MovePastLane(uint state)
    {
        var table = PastLane;
        return table[state & 0xff]
            ^ table[256 + ((state >> 8) & 0xff)]
            ^ table[512 + ((state >> 16) & 0xff)]
            ^ table[768 + (state >> 24)];
    }

    private static uint[] TabulateLane()
    {
        Span<byte> zeros = stackalloc byte[Lane];
        zeros.Clear();
        var table = new uint[4 * 256];
        for (var position = 0; position < 4; position++)
        {
            var column = table.AsSpan(position * 256, 256);
            for (var bit = 0; bit < 8; bit++)
                column[1 << bit] = UpdateOneLane(1u << ((8 * position) + bit), zeros);
            for (var value = 1; value < 256; value++)
                column[value] = column[value & (value - 1)] ^ column[value & -value];
        }

        return table;
    }
}
