using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>An open file: its version stays readable when the name gets another, and no other is read when it is written into.</summary>
internal sealed class LocalContent(SafeFileHandle file, FileEntry entry, Status opened, IOffload? offload = null) : IContent
{
    public FileEntry Entry => entry;

    public SafeFileHandle File => file;

    /// <summary>The same under a session's offload.</summary>
    public LocalContent Under(IOffload work) => new(file, entry, opened, work);

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer) =>
        offload is null || buffer.Length <= LocalHome.SmallIO
            ? new(Read(offset, buffer.Span))
            : offload.RunAsync(static work => work.This.Read(work.offset, work.buffer.Span), (This: this, offset, buffer));

    public async ValueTask RequireSameAsync()
    {
        if (offload is null)
        {
            RequireSame();
            return;
        }

        await offload.RunAsync(
            static content =>
            {
                content.RequireSame();
                return true;
            },
            this);
    }

    public ValueTask DisposeAsync()
    {
        file.Dispose();
        return default;
    }

    public int Read(long offset, Span<byte> buffer)
    {
        using var lent = Descriptor.Lend(file);
        var result = Kernel.Read(lent.Number, buffer, offset);
        if (result < 0)
        {
            throw Errno.Exception(result, "Reading");
        }

        RequireSame(lent.Number);
        return (int)result;
    }

    /// <summary>After bytes were taken: they, and all before them, are of the version that was opened.</summary>
    public void RequireSame()
    {
        using var lent = Descriptor.Lend(file);
        RequireSame(lent.Number);
    }

    private void RequireSame(int number)
    {
        Errno.Check(Kernel.Stat(number, out var now), "Reading");
        if (!now.HasContentOf(opened))
        {
            throw new FileException(FileError.Changed, "The file was changed while it was read; ask for it again.");
        }
    }
}
