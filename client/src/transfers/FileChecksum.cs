using System.Buffers;
using Argosy.Wire;

namespace Argosy.Client;

/// <summary>Checksums of local files, to be compared with <see cref="FileClient.HashAsync"/>.</summary>
public static class FileChecksum
{
    private const int PieceSize = 256 * 1024;

    /// <summary>The CRC-32C of what a stream gives to its end, as the server writes it: eight lower-case hexadecimal digits.</summary>
    /// <exception cref="IOException">The stream failed.</exception>
    public static Task<string> Crc32CAsync(Stream content, CancellationToken cancellationToken = default) =>
        Crc32CAsync(content, null, cancellationToken);

    /// <summary>The same; tells how far it is.</summary>
    internal static async Task<string> Crc32CAsync(Stream content, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        var sum = default(Crc32C);
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        int count;
        while ((count = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            sum.Append(buffer.AsSpan(0, count));
            progress?.Report(new TransferProgress(content.Position, content.Length) { IsComparing = true });
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return sum.Value.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
    }
}
