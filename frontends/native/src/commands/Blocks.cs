using Argosy.Files;
using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary>
/// <c>blocks</c>: the sums of a file's blocks, or with <c>upload</c> of what came of an unfinished upload, so that a client can send or fetch
/// what differs and nothing else. They are computed from what lies on the disk now, whatever happened to the server since it came.
/// </summary>
internal static class Blocks
{
    private const long Least = 4 << 10;
    private const long Usual = 1 << 20;
    private const long Most = 64 << 20;

    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        RemotePath path = session.Files.Resolve(request.Path);
        ChecksumAlgorithm algorithm = Hash.Algorithm(request);
        if (request.Block is < Least or > Most)
            throw new WireException(WireError.BadRequest, RequestText.NotANumber("block", Least, Most));

        if (request.Upload is null)
        {
            await using Download file = await session.Files.OpenForSumsAsync(path);
            await SendAsync(session, request, file.Entry.Size, file.Entry.Revision, (from, to) => file.HashAsync(algorithm, from, to));
        }
        else
        {
            var wanted = new UploadRequest { Path = path, UploadId = request.Upload, MustExist = true };
            await using Upload upload = await session.Files.OpenUploadAsync(wanted);
            await SendAsync(session, request, upload.Offset, null, (from, to) => upload.HashAsync(algorithm, from, to));
        }
    }

    private static ValueTask SendAsync(
        NativeSession session, Request request, long size, string? revision, Func<long, long, ValueTask<Checksum>> sum)
    {
        var head = new Reply { Id = request.Id, Size = size, Revision = revision, Body = Body.Chunked };
        long offset = Math.Min(request.Offset ?? 0, size);
        long end = offset + Math.Min(request.Length ?? long.MaxValue, size - offset);
        return new Listing(session, request).SendAsync(LinesAsync(offset, end, request.Block ?? Usual, sum), head);
    }

    private static async IAsyncEnumerable<ListLine> LinesAsync(
        long offset, long end, long block, Func<long, long, ValueTask<Checksum>> sum)
    {
        while (offset < end)
        {
            long next = Math.Min(offset + block, end);
            yield return new ListLine { Offset = offset, Size = next - offset, Hash = (await sum(offset, next)).Hex };
            offset = next;
        }
    }
}
