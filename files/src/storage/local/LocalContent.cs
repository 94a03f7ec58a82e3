using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>An open file: its version stays readable when the name gets another.</summary>
internal sealed class LocalContent(SafeFileHandle file, FileEntry entry, IOffload? offload = null) : IContent
{
    public FileEntry Entry => entry;

    public SafeFileHandle File => file;

    /// <summary>The same under a session's offload.</summary>
    public LocalContent Under(IOffload work) => new(file, entry, work);

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer) =>
        offload is null || buffer.Length <= LocalHome.SmallIO
            ? new(Read(offset, buffer.Span))
            : offload.RunAsync(static work => work.This.Read(work.offset, work.buffer.Span), (This: this, offset, buffer));

    public ValueTask DisposeAsync()
    {
        file.Dispose();
        return default;
    }

    public int Read(long offset, Span<byte> buffer)
    {
        using var lent = Descriptor.Lend(file);
        var result = Kernel.Read(lent.Number, buffer, offset);
        return result >= 0 ? (int)result : throw Errno.Exception(result, "Reading");
    }
}
