namespace Argosy.Sockets;

/// <summary>Bytes that were read and put back. The last put back comes out first.</summary>
internal sealed class PushBackBuffer
{
    private const int KeptWhenEmpty = 4096; // larger arrays are let go, so that one big push-back does not stay for life

    private byte[] _bytes = [];
    private int _start;

    /// <summary>True when a read finds nothing here.</summary>
    internal bool IsEmpty => _start == _bytes.Length;

    internal void Prepend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _start) Grow(bytes.Length);
        _start -= bytes.Length;
        bytes.CopyTo(_bytes.AsSpan(_start));
    }

    /// <summary>Moves what fits into <paramref name="destination"/>; 0 when there is nothing.</summary>
    internal int Take(Span<byte> destination)
    {
        var count = Math.Min(destination.Length, _bytes.Length - _start);
        if (count == 0) return 0;
        _bytes.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        if (IsEmpty && _bytes.Length > KeptWhenEmpty)
        {
            _bytes = [];
            _start = 0;
        }

        return count;
    }

    private void Grow(int more)
    {
        var kept = _bytes.Length - _start;
        var larger = new byte[Math.Max(64, kept + more)];
        _bytes.AsSpan(_start).CopyTo(larger.AsSpan(larger.Length - kept));
        _start = larger.Length - kept;
        _bytes = larger;
    }
}
