namespace Argosy.Kernel.Tests;

/// <summary>Two ends in memory, with as much room as they are given.</summary>
internal sealed class MemoryTransport : ITlsTransport
{
    private const int Again = -11;

    private readonly Queue<byte> _arriving = new();
    private MemoryTransport _other = null!;

    internal int Room { get; set; } = int.MaxValue;

    internal int Sends { get; set; }

    internal static (MemoryTransport There, MemoryTransport Here) Pair()
    {
        var (there, here) = (new MemoryTransport(), new MemoryTransport());
        (there._other, here._other) = (here, there);
        return (there, here);
    }

    public int Receive(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _arriving.Count);
        for (var i = 0; i < count; i++) buffer[i] = _arriving.Dequeue();
        return count > 0 ? count : Again;
    }

    public int Send(ReadOnlySpan<byte> data)
    {
        var count = Math.Min(Room, data.Length);
        if (count == 0) return Again;
        if (Room != int.MaxValue) Room -= count;
        Sends++;
        foreach (var value in data[..count]) _other._arriving.Enqueue(value);
        return count;
    }
}
