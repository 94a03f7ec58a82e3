using Argosy.Files;
using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary>
/// <c>fetch</c>: many small files in one reply, each a record, in the order of the request's names below <c>path</c>. Each is of one version, read whole before
/// a byte of it leaves; one that cannot be had is a record that says why, and the others come all the same.
/// </summary>
internal static class Fetch
{
    /// <summary>Bytes that are read on one visit to the disk, and then sent.</summary>
    private const int Batch = 256 << 10;

    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        RemotePath folder = request.Path is { } path ? session.Files.Resolve(path) : session.Files.Folder;
        using PackBody names = await PackBody.ReceiveAsync(session, request, Limits.Chunk);
        session.Send(new Reply { Id = request.Id, Body = Body.Chunked });
        try
        {
            for (int next = 0; next < names.Records.Count;)
            {
                session.Files.Ended.ThrowIfCancellationRequested();
                await session.VisitAsync(async () => next = await ReadBatchAsync(session, folder, names.Records, next));
                await session.SendBodyAsync();
            }
        }
        catch (Exception e) when (e is FileException or OperationCanceledException)
        {
            FrameEncoder.WriteAbandon(session.Output);
            throw;
        }

        session.SendEnd(new Trailer { Id = request.Id, Count = names.Records.Count });
    }

    /// <summary>Queues files from <paramref name="next"/> on; the first one that it does not.</summary>
    private static async ValueTask<int> ReadBatchAsync(NativeSession session, RemotePath folder, List<PackRecord> names, int next)
    {
        for (int size = 0; next < names.Count && size < Batch; next++)
        {
            try
            {
                size += await ReadAsync(session, RemotePath.Resolve(folder, names[next].Name.Span));
            }
            catch (FileException e) when (e.Error != FileError.SessionEnded)
            {
                PackRecord failure = Pack.Failure(next, e);
                FrameEncoder.WriteChunkPrefix(session.Output, failure.Length);
                failure.WriteTo(session.Output);
                size += failure.Length;
            }
        }

        return next;
    }

    /// <summary>Reads a file to where it will be sent from, behind the room for its head and the chunk's length. Nothing of it is queued before all of it is right.</summary>
    private static async ValueTask<int> ReadAsync(NativeSession session, RemotePath path)
    {
        await using Download file = await session.Files.OpenDownloadAsync(path);
        if (file.Entry.Size > Limits.PackedFile - PackRecord.HeadSize)
            throw new FileException(FileError.NotSupported, BodyText.LargeFile);
        int size = (int)file.Entry.Size;
        Memory<byte> room = session.Output.GetMemory(FrameEncoder.ChunkPrefix + PackRecord.HeadSize + size);
        Memory<byte> record = room.Slice(FrameEncoder.ChunkPrefix, PackRecord.HeadSize + size);
        for (int at = PackRecord.HeadSize, read = 1; at < record.Length && read > 0; at += read)
        {
            read = await file.ReadAsync(at - PackRecord.HeadSize, record[at..]);
            size -= read;
        }

        record = record[..(record.Length - size)];
        PackRecord.Complete(record.Span, 0, Entries.ToMicroseconds(file.Entry.Modified), file.Entry.Mode);
        FrameEncoder.WriteChunkPrefix(session.Output, record.Length);
        session.Output.Advance(record.Length);
        return record.Length;
    }
}
