using System.Net;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets.Tests;

/// <summary>A connection in memory: each read returns one of the given segments (or what fits of it), and writes are kept.</summary>
internal sealed class ScriptedConnection(params IEnumerable<byte[]> segments) : IConnection
{
    private readonly Queue<ReadOnlyMemory<byte>> _segments = new(segments.Select(segment => (ReadOnlyMemory<byte>)segment));
    private ReadOnlyMemory<byte> _current;

    public MemoryStream Written { get; } = new();

    /// <summary>How many writes there were.</summary>
    public int Writes { get; private set; }

    /// <summary>The write, counted from 1, that meets its deadline; 0: none.</summary>
    public int LateWrite { get; init; }

    /// <summary>The largest room that a read was given.</summary>
    public int LargestRoom { get; private set; }

    public byte[] PutBack { get; private set; } = [];

    public EndPoint? LocalEndPoint => null;

    public EndPoint? RemoteEndPoint => null;

    public PeerCredentials? PeerCredentials => null;

    public bool IsPlain => true;

    public bool HasHungUp => false;

    public Deadline ReadDeadline { get; set; }

    public Deadline WriteDeadline { get; set; }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        LargestRoom = Math.Max(LargestRoom, buffer.Length);
        while (_current.IsEmpty && _segments.TryDequeue(out var next)) _current = next;
        var count = Math.Min(buffer.Length, _current.Length);
        _current.Span[..count].CopyTo(buffer.Span);
        _current = _current[count..];
        return new(count);
    }

    public void Unread(ReadOnlySpan<byte> bytes) => PutBack = [.. bytes, .. PutBack];

    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation = default)
    {
        if (++Writes == LateWrite) throw new TimeoutException();
        Written.Write(data.Span);
        return default;
    }

    public ValueTask<long> SendFileAsync(SafeFileHandle file, long offset, long count, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public ValueTask<long> ReceiveToFileAsync(SafeFileHandle file, long offset, long count, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public ValueTask ShutdownWriteAsync() => default;

    public ValueTask LingerAsync(TimeSpan limit) => default;

    public void Abort()
    {
    }

    public ValueTask DisposeAsync() => default;
}
