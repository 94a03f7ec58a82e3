using System.Buffers;
using Argosy.Sockets;

namespace Argosy.Native;

/// <summary>
/// What is to be sent. Small replies gather until the server would wait for the client, or 64 KiB are there, so that a
/// burst of requests costs few writes. The buffer is rented while it holds something.
/// </summary>
internal sealed class Output(IConnection connection, DiskVisit visit, NativeOptions options) : IBufferWriter<byte>, IDisposable
{
    /// <summary>Gathered bytes that are sent without waiting for more.</summary>
    private const int Full = 64 << 10;

    /// <summary>How long last words may take.</summary>
    private static readonly TimeSpan HurryTime = TimeSpan.FromMilliseconds(500);

    private byte[]? _buffer;
    private int _length;
    private volatile bool _hurried;

    /// <summary>True while something waits to be sent.</summary>
    public bool HasPending => _length > 0;

    /// <summary>True once the client takes no more answers. What it sent before is still executed: reading replies is optional.</summary>
    public bool IsBroken { get; private set; }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(Math.Max(sizeHint, 256));
        return _buffer.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Sends what has gathered where it is enough for a write of its own.</summary>
    public ValueTask SendWhenFullAsync() => _length >= Full ? FlushAsync() : ValueTask.CompletedTask;

    /// <summary>Sends what has gathered.</summary>
    /// <exception cref="ConnectionException">The client did not read for <see cref="NativeOptions.StallTime"/>.</exception>
    public ValueTask FlushAsync() => _length == 0 ? ValueTask.CompletedTask : SendGatheredAsync();

    /// <summary>The session is over: a client that does not read has half a second for what is under way. Any thread may call this.</summary>
    public void Hurry()
    {
        _hurried = true;
        connection.WriteDeadline = Deadline.After(HurryTime);
    }

    /// <summary>Begins the time that a write, or a slice of a file, may take.</summary>
    public void ExtendDeadline()
    {
        connection.WriteDeadline = Deadline.After(options.StallTime);
        if (_hurried)
            connection.WriteDeadline = Deadline.After(HurryTime);
    }

    public void Dispose()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _length = 0;
    }

    private async ValueTask SendGatheredAsync()
    {
        await WriteAsync(_buffer.AsMemory(0, _length));
        Dispose();
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> data)
    {
        await visit.LeaveAsync();
        if (IsBroken)
            return;
        try
        {
            ExtendDeadline();
            await connection.WriteAsync(data);
        }
        catch (ConnectionException e) when (e.Error is not ConnectionError.Aborted)
        {
            IsBroken = true;
        }
        catch (TimeoutException e)
        {
            connection.Abort();
            throw new ConnectionException(ConnectionError.Aborted, "the client does not read its replies", e);
        }
    }

    private void Grow(int room)
    {
        int needed = _length + room;
        if (_buffer is not null && _buffer.Length >= needed)
            return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _buffer is null ? 4096 : _buffer.Length * 2));
        if (_buffer is not null)
        {
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
