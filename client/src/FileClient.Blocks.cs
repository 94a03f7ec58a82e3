using Argosy.Wire;

namespace Argosy.Client;

public sealed partial class FileClient
{
    // Far more than offset, size and sum take.
    private const int LongestBlockLine = 1024;

    /// <summary>Sends a request that somebody else describes.</summary>
    internal Task<T> RunAsync<T>(Exchange<T> exchange, CancellationToken stop) => _session.RunAsync(exchange, stop);

    /// <summary>The SHA-256 of a file's blocks, or of what the server has of an unfinished upload.</summary>
    /// <param name="path">The file, or where the upload goes.</param>
    /// <param name="upload">The upload's id; null for the file.</param>
    /// <param name="length">How many bytes are to be summed; 0 asks only how many there are.</param>
    /// <param name="stop">Gives up waiting.</param>
    internal async Task<BlockSums> SumBlocksAsync(RemotePath path, string? upload, long length, CancellationToken stop)
    {
        Listing? listing = null;
        var lines = await RunAsync(() => listing = new Listing(
            id => new Request
            {
                Command = "blocks",
                Id = id,
                Path = path.Bytes.ToArray(),
                Upload = upload,
                Algorithm = HashAlgorithms.Name(HashAlgorithm.Sha256),
                Block = BlockSums.BlockSize,
                Length = length,
            },
            isLong: true,
            most: (length / BlockSums.BlockSize + 1) * LongestBlockLine), stop).ConfigureAwait(false);
        return new BlockSums(lines, listing!.Head!.Size ?? 0, Entries.Revision(listing.Head));
    }
}
