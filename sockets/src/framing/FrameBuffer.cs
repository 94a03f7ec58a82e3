using System.Buffers;

namespace Argosy.Sockets;

/// <summary>
/// Received bytes that are not yet whole messages, in a pooled array. It grows with what has really arrived, never with what a peer
/// announces, and shrinks again when it is empty.
/// </summary>
internal sealed class FrameBuffer(Framing framing) : IDisposable
{
    private const int SmallestBytes = 4096;

    private byte[] _bytes = [];
    private int _start;
    private int _end;
    private int _searched; // how far behind _start the framing has looked in vain

    /// <summary>What has been received and not been taken.</summary>
    internal ReadOnlyMemory<byte> Rest => _bytes.AsMemory(_start, _end - _start);

    /// <summary>How many bytes are held for it, used or not.</summary>
    internal int Capacity => _bytes.Length;

    /// <summary>Takes the next whole message, which stays valid until the next <see cref="Room"/>.</summary>
    /// <exception cref="FramingException">The peer breaks the rules.</exception>
    internal bool TryTake(out ReadOnlyMemory<byte> message)
    {
        var rest = Rest;
        if (!framing.TryFind(rest.Span, _searched, out var frame))
        {
            _searched = rest.Length;
            message = default;
            return false;
        }

        message = rest.Slice(frame.Start, frame.Length);
        _start += frame.End;
        _searched = 0;
        return true;
    }

    /// <summary>Free room for what arrives next, never empty.</summary>
    internal Memory<byte> Room()
    {
        var held = _end - _start;
        if (held == 0) Move(SmallestBytes);
        else if (_bytes.Length - _end < _bytes.Length / 4) Move(held > _bytes.Length / 2 ? 2 * _bytes.Length : _bytes.Length);
        return _bytes.AsMemory(_end);
    }

    /// <summary>So many bytes were put into <see cref="Room"/>.</summary>
    internal void Received(int count) => _end += count;

    /// <summary>Takes bytes that were received elsewhere.</summary>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var room = Room().Span;
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            Received(count);
            bytes = bytes[count..];
        }
    }

    /// <summary>Forgets what it holds and gives the array back.</summary>
    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _start = _end = _searched = 0;
    }

    /// <summary>Moves what is held to the front of an array of that size.</summary>
    private void Move(int size)
    {
        var (old, rest) = (_bytes, Rest);
        if (size != old.Length) _bytes = ArrayPool<byte>.Shared.Rent(size);
        rest.Span.CopyTo(_bytes);
        (_start, _end) = (0, rest.Length);
        if (size != old.Length && old.Length > 0) ArrayPool<byte>.Shared.Return(old);
    }
}
