using System.Buffers;
using Argosy.Wire;

namespace Argosy.Client;

/// <summary>
/// What goes to the server, gathered so that many small requests leave in one write. Holds at most a header and a small body beyond
/// <see cref="Full"/>.
/// </summary>
internal sealed class FrameOutput(Stream stream, BlockingLine line, Watch watch, CancellationToken closed) : IBufferWriter<byte>
{
    /// <summary>From this many bytes on it is worth a write.</summary>
    public const int Full = 64 * 1024;

    private byte[] _buffer = new byte[4096];
    private int _count;

    public Watch Watch => watch;

    /// <summary>Cancelled when the connection is over.</summary>
    public CancellationToken Closed => closed;

    /// <summary>For the longest chunk with its length; one upload after the other uses it.</summary>
    public byte[] BulkBuffer => field ??= GC.AllocateUninitializedArray<byte>(FrameEncoder.ChunkPrefix + Limits.Chunk);

    public bool IsFull => _count >= Full;

    public void Write(IMessage message) => FrameEncoder.Write(this, message, seal: true);

    public void Advance(int count) => _count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        sizeHint = Math.Max(sizeHint, 1);
        if (_buffer.Length - _count < sizeHint)
            Array.Resize(ref _buffer, Math.Max(_count + sizeHint, 2 * _buffer.Length));
        return _buffer.AsMemory(_count);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public async ValueTask FlushAsync()
    {
        if (_count == 0)
            return;
        await PushAsync(_buffer.AsMemory(0, _count)).ConfigureAwait(false);
        _count = 0;
    }

    /// <summary>Sends what was gathered and then <paramref name="bytes"/>, which are not copied.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await FlushAsync().ConfigureAwait(false);
        await PushAsync(bytes).ConfigureAwait(false);
    }

    /// <summary>Sends <paramref name="bytes"/> on this thread, which waits until the server takes them. Nothing may be gathered.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        watch.BeginSend();
        try
        {
            line.Send(bytes, watch);
        }
        finally
        {
            watch.EndSend();
        }
    }

    private async ValueTask PushAsync(ReadOnlyMemory<byte> bytes)
    {
        watch.BeginSend();
        try
        {
            await stream.WriteAsync(bytes, closed).ConfigureAwait(false);
        }
        finally
        {
            watch.EndSend();
        }

        watch.Touch();
    }
}
