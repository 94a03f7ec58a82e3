using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>An open file: its version stays readable when the name gets another, and no other is read when it is written into.</summary>
internal sealed class LocalContent(SafeFileHandle file, FileEntry entry, Status opened, bool isInMemory, IOffload? offload = null) : IContent
{
    public FileEntry Entry => entry;

    public SafeFileHandle File => file;

    /// <summary>The same under a session's offload.</summary>
    public LocalContent Under(IOffload work) => new(file, entry, opened, isInMemory, work);

    /// <summary>What the kernel has in memory is read at once where it is little; the disk is waited for elsewhere.</summary>
    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer)
    {
        if (offload is null || (isInMemory && buffer.Length <= LocalHome.SmallIO))
        {
            return new(Read(offset, buffer.Span));
        }

        return buffer.Length <= LocalHome.SmallIO && TryReadNow(offset, buffer.Span) is { } read
            ? new(read)
            : offload.RunAsync(static work => work.This.Read(work.offset, work.buffer.Span), (This: this, offset, buffer));
    }

    public async ValueTask RequireSameAsync()
    {
        if (offload is null || isInMemory)
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

    /// <summary>The last descriptor of a file that was removed or replaced makes the disk free its bytes, which may take long.</summary>
    public async ValueTask DisposeAsync()
    {
        if (offload is null || file.IsClosed || !IsLast())
        {
            file.Dispose();
            return;
        }

        await offload.RunAsync(
            static file =>
            {
                file.Dispose();
                return true;
            },
            file);
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
            throw new FileException(FileError.Changed, StorageText.Changed);
        }
    }

    private int? TryReadNow(long offset, Span<byte> buffer)
    {
        using var lent = Descriptor.Lend(file);
        var result = Kernel.ReadNow(lent.Number, buffer, offset);
        if (result >= 0)
        {
            RequireSame(lent.Number);
            return (int)result;
        }

        return result is -Errno.Again or -Errno.NotSupported or -Errno.NoSuchCall or -Errno.Invalid ? null : throw Errno.Exception(result, "Reading");
    }

    private bool IsLast()
    {
        using var lent = Descriptor.Lend(file);
        return Kernel.Stat(lent.Number, out var status) < 0 || status.Links == 0;
    }
}
