using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Argosy.Client;

/// <summary>The sums of a file's blocks on the server, or of what came of an upload.</summary>
/// <param name="lines">As they were received.</param>
/// <param name="size">Bytes that are there.</param>
/// <param name="revision">Which version they belong to; null for uploads.</param>
internal sealed class BlockSums(Spool lines, long size, string? revision) : IDisposable
{
    /// <summary>Large enough that sums are a small part of what they save.</summary>
    public const int BlockSize = 1024 * 1024;

    public long Size => size;

    public string? Revision => revision;

    /// <summary>The parts of the first <paramref name="length"/> bytes whose local counterpart is another.</summary>
    /// <param name="length">How many bytes were asked for.</param>
    /// <param name="local">Reads the local bytes at a place, as many as fit; fewer at the end.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>Places and sizes, with the local bytes, which are valid until the next step.</returns>
    /// <exception cref="NotVerifiedException">The server's blocks do not cover the bytes.</exception>
    public async IAsyncEnumerable<(long Offset, ReadOnlyMemory<byte> Local, int Size)> FindDifferencesAsync(
        long length, Func<long, Memory<byte>, ValueTask<int>> local, [EnumeratorCancellation] CancellationToken stop)
    {
        var buffer = new byte[BlockSize];
        var next = 0L;
        await foreach (var line in lines.ReadLinesAsync(stop).ConfigureAwait(false))
        {
            if (line.Offset != next || line.Size is not (> 0 and <= BlockSize and var bytes) || next + bytes > length)
                throw new NotVerifiedException("The server's blocks do not follow each other. Nothing was changed; try again.");
            var size = (int)bytes;
            var count = await local(next, buffer.AsMemory(0, size)).ConfigureAwait(false);
            if (count < size || Convert.ToHexStringLower(SHA256.HashData(buffer.AsSpan(0, size))) != line.Hash)
                yield return (next, buffer.AsMemory(0, count), size);
            next += size;
        }

        if (next != length)
            throw new NotVerifiedException("The server's blocks do not cover what was asked for. Nothing was changed; try again.");
    }

    public void Dispose() => lines.Dispose();
}
