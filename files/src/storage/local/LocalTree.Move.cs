using System.Buffers;

namespace Argosy.Files;

/// <content>Publishing into a folder that is another disk mounted in the home.</content>
internal sealed partial class LocalTree
{
    /// <summary>
    /// Renames a staged file to its place. Where that is on another disk, its bytes are copied there first, under a reserved name in
    /// the same folder, so that the name still appears in one step.
    /// </summary>
    public int Move(Descriptor staging, ReadOnlySpan<byte> name, Descriptor parent, ReadOnlySpan<byte> to, uint flags)
    {
        var result = Kernel.Rename(staging.Number, name, parent.Number, to, flags);
        return result == -Errno.CrossDevice ? MoveAcross(staging, name, parent, to, flags) : result;
    }

    private int MoveAcross(Descriptor staging, ReadOnlySpan<byte> name, Descriptor parent, ReadOnlySpan<byte> to, uint flags)
    {
        byte[] draft = [.. StagingFolder.Reserved, (byte)'.', .. Staging.NewName()];
        var result = CopyAcross(staging, name, parent, draft);
        if (result >= 0)
        {
            result = Kernel.Rename(parent.Number, draft, parent.Number, to, flags);
        }

        if (result < 0)
        {
            Kernel.Unlink(parent.Number, draft);
            return result;
        }

        Kernel.Unlink(staging.Number, name);
        return 0;
    }

    private int CopyAcross(Descriptor staging, ReadOnlySpan<byte> name, Descriptor parent, byte[] draft)
    {
        var from = Kernel.OpenAt(staging.Number, name, Kernel.ReadOnly | Kernel.NoFollow);
        if (from < 0)
        {
            return from;
        }

        using var source = new Descriptor(from);
        Kernel.Stat(from, out var status);
        var to = Kernel.OpenAt(parent.Number, draft, Kernel.ReadWrite | Kernel.Create | Kernel.Exclusive, 0x180);
        if (to < 0)
        {
            return to;
        }

        using var target = new Descriptor(to);
        var copied = CopyBytes(from, to);
        var result = copied < 0 ? (int)copied : Kernel.Chmod(to, status.TypeAndMode & 0x1ff);
        result = result < 0 ? result : Kernel.SetModified(to, status.Written.Time);
        return result < 0 || !IsStrict ? result : Kernel.SyncData(to);
    }

    private static long CopyBytes(int from, int to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(256 << 10);
        try
        {
            for (long at = 0; ;)
            {
                var read = Kernel.Read(from, buffer, at);
                if (read <= 0)
                {
                    return read;
                }

                for (var written = 0; written < read;)
                {
                    var result = Kernel.Write(to, buffer.AsSpan(written, (int)read - written), at + written);
                    if (result < 0)
                    {
                        return result;
                    }

                    written += (int)result;
                }

                at += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
