using Argosy.Files;
using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>hash</c>: a checksum of a file, or of a part of it, without moving it.</summary>
internal static class Hash
{
    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        RemotePath path = session.Files.Resolve(request.Path);
        ChecksumAlgorithm algorithm = Algorithm(request);
        await using Download file = await session.Files.OpenForSumsAsync(path);
        long size = file.Entry.Size;
        long offset = Math.Min(request.Offset ?? 0, size);
        long end = offset + Math.Min(request.Length ?? long.MaxValue, size - offset);
        Checksum sum = await file.HashAsync(algorithm, offset, end);
        session.Send(new Reply { Id = request.Id, Hash = sum.Hex, Size = size });
    }

    /// <summary>The algorithm that a request names.</summary>
    public static ChecksumAlgorithm Algorithm(Request request) => request.Algorithm switch
    {
        null or "crc32c" => ChecksumAlgorithm.Crc32C,
        "md5" => ChecksumAlgorithm.Md5,
        "sha256" => ChecksumAlgorithm.Sha256,
        _ => throw new WireException(WireError.Unsupported, RequestText.Algorithms),
    };
}
