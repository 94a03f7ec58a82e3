using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>
/// One version of a file, opened for reading. Somebody beside the server may write into the file meanwhile: whoever has read to the end without
/// an error has one version and nothing of another.
/// </summary>
public interface IContent : IAsyncDisposable
{
    /// <summary>As it was when it was opened.</summary>
    FileEntry Entry { get; }

    /// <summary>For the kernel to read from; null where there is none.</summary>
    SafeFileHandle? File { get; }

    /// <summary>Reads at an offset; 0 at the end.</summary>
    /// <exception cref="FileException"><see cref="FileError.Changed"/>: the file is not that version any more.</exception>
    ValueTask<int> ReadAsync(long offset, Memory<byte> buffer);

    /// <summary>The same question for whoever had the kernel read from <see cref="File"/>: ask after the last byte.</summary>
    /// <exception cref="FileException"><see cref="FileError.Changed"/>: the file is not that version any more.</exception>
    ValueTask RequireSameAsync();
}
