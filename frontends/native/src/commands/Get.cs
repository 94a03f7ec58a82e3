using System.Buffers;
using Argosy.Files;
using Argosy.Sockets;
using Argosy.Wire;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Native.Commands;

/// <summary>
/// <c>get</c>: a file's bytes, from <c>offset</c>, at most <c>length</c>. A small file goes out with its header in one write; a large one in chunks with its
/// sum in the trailer; a large one that nobody wants verified on a plain connection is moved by the kernel. All of it is one version of the file: where
/// somebody writes into it meanwhile, the body is abandoned and the error <c>changed</c> follows.
/// </summary>
internal static class Get
{
    private const int Small = 64 << 10;

    /// <summary>A chunk and what stands before it fit in a pooled buffer of 256 KiB.</summary>
    private const int ChunkSize = 252 << 10;

    private const int LeastSlice = 256 << 10;
    private const int MostSlice = 1 << 20; // as much as one chunk may hold

    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        await using Download file = await session.Files.OpenDownloadAsync(session.Files.Resolve(request.Path));
        long offset = request.Offset ?? 0;
        long count = Math.Clamp(file.Entry.Size - offset, 0, request.Length ?? long.MaxValue);
        bool verify = request.Check != BodyCheck.None;
        if (count <= Small)
            await SendSmallAsync(session, request, file, offset, (int)count, verify);
        else if (!verify && session.Connection.IsPlain && file.File is not null)
            await session.BulkAsync(() => SendFileAsync(session, request, file, offset, count));
        else
            await session.BulkAsync(() => SendChunksAsync(session, request, file, offset, count, verify));
    }

    private static async ValueTask SendSmallAsync(NativeSession session, Request request, Download file, long offset, int count, bool verify)
    {
        byte[] content = ArrayPool<byte>.Shared.Rent(Math.Max(count, 1));
        try
        {
            int read = await ReadAsync(file, offset, content.AsMemory(0, count));
            session.Send(Header(request, file, offset, Body.Exact(read), verify ? Crc32C.Of(content.AsSpan(0, read)) : null));
            session.Output.Write(content.AsSpan(0, read));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    private static async ValueTask SendChunksAsync(NativeSession session, Request request, Download file, long offset, long count, bool verify)
    {
        session.Send(Header(request, file, offset, Body.Chunked, null));
        Crc32C sum = default;
        try
        {
            for (long end = offset + count; offset < end;)
            {
                session.Files.Ended.ThrowIfCancellationRequested();
                // The chunk is read to where it will be sent from, behind the room for its length.
                Memory<byte> room = session.Output.GetMemory(FrameEncoder.ChunkPrefix + ChunkSize);
                Memory<byte> content = room.Slice(FrameEncoder.ChunkPrefix, (int)Math.Min(ChunkSize, end - offset));
                int read = await ReadAsync(file, offset, content);
                if (read == 0)
                    break;
                if (verify)
                    sum.Append(content.Span[..read]);
                FrameEncoder.WriteChunkPrefix(session.Output, read);
                session.Output.Advance(read);
                await session.SendBodyAsync();
                offset += read;
            }
        }
        catch (Exception e) when (e is FileException or OperationCanceledException)
        {
            FrameEncoder.WriteAbandon(session.Output);
            throw;
        }

        session.SendEnd(new Trailer { Id = request.Id, Crc32C = verify ? sum.Value : null });
    }

    /// <summary>Each slice is a chunk, so that even after the last byte it can be said that the file became another meanwhile.</summary>
    private static async ValueTask SendFileAsync(NativeSession session, Request request, Download file, long offset, long count)
    {
        session.Send(Header(request, file, offset, Body.Chunked, null));
        try
        {
            int slice = LeastSlice;
            for (long end = offset + count; offset < end;)
            {
                session.Files.Ended.ThrowIfCancellationRequested();
                long begun = Environment.TickCount64;
                int size = (int)Math.Min(slice, end - offset);
                FrameEncoder.WriteChunkPrefix(session.Output, size);
                await session.SendBodyAsync();
                await SendChunkAsync(session, file.File!, offset, size);
                offset += size;
                await file.RequireSameAsync();
                // Slices are what the stall time is measured by: a slow reader gets small ones.
                slice = Environment.TickCount64 - begun < 1_000 ? Math.Min(slice * 2, MostSlice) : Math.Max(slice / 2, LeastSlice);
            }
        }
        catch (Exception e) when (e is FileException or OperationCanceledException)
        {
            FrameEncoder.WriteAbandon(session.Output);
            throw;
        }

        session.SendEnd(new Trailer { Id = request.Id });
    }

    /// <summary>Within a chunk nothing can be said: whatever goes wrong there ends the connection.</summary>
    private static async ValueTask SendChunkAsync(NativeSession session, SafeFileHandle file, long offset, long count)
    {
        try
        {
            for (long end = offset + count; offset < end;)
            {
                session.Output.ExtendDeadline();
                long sent = await session.Connection.SendFileAsync(file, offset, end - offset);
                if (sent == 0 || session.Files.Ended.IsCancellationRequested)
                    throw new ConnectionException(ConnectionError.Aborted, "a file became shorter, or the session ended, while it was sent");
                offset += sent;
            }
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            session.Connection.Abort();
            throw e as ConnectionException ?? new ConnectionException(ConnectionError.Aborted, "a file could not be sent to its end", e);
        }
    }

    private static async ValueTask<int> ReadAsync(Download file, long offset, Memory<byte> destination)
    {
        int total = 0;
        while (total < destination.Length)
        {
            int read = await file.ReadAsync(offset + total, destination[total..]);
            if (read == 0)
                break;
            total += read;
        }

        return total;
    }

    private static Reply Header(Request request, Download file, long offset, Body body, uint? sum) => new()
    {
        Id = request.Id,
        Size = file.Entry.Size,
        Offset = offset,
        MTime = Entries.ToMicroseconds(file.Entry.Modified),
        Mode = file.Entry.Mode,
        Revision = file.Entry.Revision,
        Body = body,
        Crc32C = sum,
    };
}
