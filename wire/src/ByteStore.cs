using System.Buffers;

namespace Argosy.Wire;

/// <summary>
/// Keeps the beginning of something whose end has not come yet. It grows with the bytes that are there, never with the number
/// that the peer announced, and gives its memory back when cleared: an idle connection holds none.
/// </summary>
internal sealed class ByteStore(int cap)
{
    private const int Smallest = 512;

    private byte[]? _bytes;

    internal int Count { get; private set; }

    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Count);

    /// <summary>The caller has checked that the cap holds.</summary>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        var needed = Count + bytes.Length;
        if (_bytes is null || _bytes.Length < needed)
            Grow(needed);
        bytes.CopyTo(_bytes.AsSpan(Count));
        Count = needed;
    }

    internal void Clear()
    {
        if (_bytes is not null)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = null;
        Count = 0;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(Math.Max(Math.Max(needed, 2 * Count), Smallest), cap));
        Written.CopyTo(larger);
        if (_bytes is not null)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
