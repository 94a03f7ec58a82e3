using System.Buffers;

namespace Argosy.Sockets;

/// <summary>Written bytes that have not gone out: one pooled array is sent while another fills. Its owner locks.</summary>
internal sealed class WriteQueue
{
    private const int LargestChunk = 64 * 1024;

    private byte[] _filling = [];
    private int _filled;
    private byte[] _sending = [];
    private int _sendFrom;
    private int _sendTo;

    /// <summary>How many bytes wait.</summary>
    internal int Count => _filled + _sendTo - _sendFrom;

    internal void Append(ReadOnlySpan<byte> data)
    {
        if (_filling.Length - _filled < data.Length) Grow(_filled + data.Length);
        data.CopyTo(_filling.AsSpan(_filled));
        _filled += data.Length;
    }

    /// <summary>The next bytes to send, valid until the next call of this; empty when there are none.</summary>
    internal ReadOnlyMemory<byte> Take()
    {
        if (_sendFrom == _sendTo)
        {
            Return(_sending);
            (_sending, _sendFrom, _sendTo) = (_filling, 0, _filled);
            (_filling, _filled) = ([], 0);
        }

        var chunk = _sending.AsMemory(_sendFrom, Math.Min(LargestChunk, _sendTo - _sendFrom));
        _sendFrom += chunk.Length;
        return chunk;
    }

    internal void Clear()
    {
        Return(_filling);
        Return(_sending);
        (_filling, _sending, _filled, _sendFrom, _sendTo) = ([], [], 0, 0, 0);
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 2 * _filling.Length));
        _filling.AsSpan(0, _filled).CopyTo(larger);
        Return(_filling);
        _filling = larger;
    }

    private static void Return(byte[] array)
    {
        if (array.Length > 0) ArrayPool<byte>.Shared.Return(array);
    }
}
