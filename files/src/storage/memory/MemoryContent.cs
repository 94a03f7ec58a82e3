using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>One version of a file in memory.</summary>
internal sealed class MemoryContent(MemoryFile file, FileEntry entry) : IContent
{
    public FileEntry Entry => entry;

    public SafeFileHandle? File => null;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer) => new(Read(file, offset, buffer.Span));

    public ValueTask RequireSameAsync() => default; // A file here is never written into: it is replaced.

    public ValueTask DisposeAsync() => default;

    internal static int Read(MemoryFile file, long offset, Span<byte> buffer)
    {
        var bytes = file.Content.GetBuffer().AsSpan(0, (int)file.Content.Length);
        var rest = offset < bytes.Length ? bytes[(int)offset..] : default;
        var count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        return count;
    }
}
