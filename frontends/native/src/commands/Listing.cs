using System.Buffers;
using Argosy.Files;
using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary>A chunked body of lines with their count and sum in the trailer, of any length, from memory for a few hundred.</summary>
internal sealed class Listing(NativeSession session, Request request)
{
    private const int ChunkSize = 32 << 10;

    private readonly ArrayBufferWriter<byte> _lines = new(4 << 10);
    private Crc32C _sum;
    private long _count;

    /// <summary>Sends all lines. What goes wrong before the first is an error reply; later, the body is abandoned before it.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="head">The reply before them, where it says more than that they come.</param>
    public async ValueTask SendAsync(IAsyncEnumerable<ListLine> lines, Reply? head = null)
    {
        await using IAsyncEnumerator<ListLine> next = lines.GetAsyncEnumerator(session.Files.Ended);
        bool more = await next.MoveNextAsync();
        session.Send(head ?? new Reply { Id = request.Id, Body = Body.Chunked });
        try
        {
            for (; more; more = await next.MoveNextAsync())
                await AddAsync(next.Current);
        }
        catch (Exception e) when (e is FileException or OperationCanceledException or WireException)
        {
            FrameEncoder.WriteAbandon(session.Output);
            throw;
        }

        EndChunk();
        session.SendEnd(new Trailer { Id = request.Id, Count = _count, Crc32C = _sum.Value });
    }

    private async ValueTask AddAsync(ListLine line)
    {
        line.WriteTo(_lines);
        _count++;
        if (_lines.WrittenCount < ChunkSize)
            return;
        EndChunk();
        await session.SendBodyAsync();
    }

    private void EndChunk()
    {
        if (_lines.WrittenCount == 0)
            return;
        _sum.Append(_lines.WrittenSpan);
        FrameEncoder.WriteChunkPrefix(session.Output, _lines.WrittenCount);
        session.Output.Write(_lines.WrittenSpan);
        _lines.ResetWrittenCount();
    }
}
