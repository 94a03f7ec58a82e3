using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>One version of a file, opened for reading.</summary>
public interface IContent : IAsyncDisposable
{
    /// <summary>As it was when it was opened.</summary>
    FileEntry Entry { get; }

    /// <summary>For the kernel to read from; null where there is none.</summary>
    SafeFileHandle? File { get; }

    /// <summary>Reads at an offset; 0 at the end.</summary>
    ValueTask<int> ReadAsync(long offset, Memory<byte> buffer);
}
