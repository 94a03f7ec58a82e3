using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Argosy.Wire;

namespace Argosy.Client;

/// <summary>Checksums of local files, to be compared with <see cref="FileClient.HashAsync"/>.</summary>
public static class FileChecksum
{
    private const int PieceSize = 256 * 1024;

    /// <summary>The CRC-32C of what a stream gives to its end, as the server writes it: eight lower-case hexadecimal digits.</summary>
    /// <exception cref="IOException">The stream failed.</exception>
    public static async Task<string> Crc32CAsync(Stream content, CancellationToken cancellationToken = default)
    {
        var sum = default(Crc32C);
        await foreach (var piece in ReadAsync(content, cancellationToken).ConfigureAwait(false))
            sum.Append(piece.Span);
        return sum.Value.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The SHA-256 of what a stream gives to its end, in lower-case hexadecimal digits.</summary>
    /// <exception cref="IOException">The stream failed.</exception>
    public static Task<string> Sha256Async(Stream content, CancellationToken cancellationToken = default) =>
        Sha256Async(content, null, cancellationToken);

    /// <summary>The same; tells how far it is.</summary>
    internal static async Task<string> Sha256Async(Stream content, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (var piece in ReadAsync(content, cancellationToken).ConfigureAwait(false))
        {
            sum.AppendData(piece.Span);
            progress?.Report(new TransferProgress(content.Position, content.Length) { IsComparing = true });
        }

        return Convert.ToHexStringLower(sum.GetHashAndReset());
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        Stream content, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        int count;
        while ((count = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            yield return buffer.AsMemory(0, count);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
