using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>A file opened for reading: one version, even if the name is replaced meanwhile.</summary>
public sealed class Download : IAsyncDisposable
{
    private readonly FileSession _session;
    private readonly IContent _content;

    internal Download(FileSession session, IContent content) => (_session, _content) = (session, content);

    /// <summary>The entry as it was when it was opened.</summary>
    public FileEntry Entry => _content.Entry;

    /// <summary>The file for the kernel to read from; null where the storage has none.</summary>
    public SafeFileHandle? File => _content.File;

    /// <summary>Reads at an offset; 0 at the end.</summary>
    /// <exception cref="FileException"><see cref="FileError.Changed"/>: somebody wrote into the file; what was read before is worth nothing.</exception>
    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        _session.RequireLive();
        return _content.ReadAsync(offset, buffer);
    }

    /// <summary>For whoever had the kernel read from <see cref="File"/>, after the last byte: it was all of one version.</summary>
    /// <exception cref="FileException"><see cref="FileError.Changed"/>: it was not.</exception>
    public ValueTask RequireSameAsync() => _content.RequireSameAsync();

    /// <summary>A checksum of a range of this version.</summary>
    /// <param name="algorithm">Which checksum.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="end">First byte that no longer counts.</param>
    public ValueTask<Checksum> HashAsync(ChecksumAlgorithm algorithm, long offset, long end) =>
        ContentCheck.RangeAsync(algorithm, _content.ReadAsync, offset, end, _session);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _content.DisposeAsync();
}
