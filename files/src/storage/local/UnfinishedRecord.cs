using System.Security.Cryptography;
using System.Text;

namespace Argosy.Files;

/// <summary>What is known about an unfinished upload, beside its bytes: a small file that is only ever replaced whole.</summary>
/// <param name="Owner">The account.</param>
/// <param name="UploadId">The client's name for it.</param>
/// <param name="Path">Where it shall appear.</param>
/// <param name="Length">The whole file's length where known.</param>
/// <param name="Boot">When its last bytes came.</param>
/// <param name="Data">Which file these bytes are, so that the record of an earlier upload of that name is never taken for this one's.</param>
/// <param name="Settled">What of it is counted.</param>
internal sealed record UnfinishedRecord(string Owner, string UploadId, RemotePath Path, long? Length, Guid Boot, FileIdentity Data, Usage Settled)
{
    private const uint Magic = 0x31555241; // "ARU1"
    private const int MostBytes = 64 << 10;

    /// <summary>This boot of the machine: bytes staged before another one may never have reached the disk.</summary>
    public static Guid ThisBoot { get; } =
        Guid.TryParse(System.IO.File.Exists("/proc/sys/kernel/random/boot_id")
            ? System.IO.File.ReadAllText("/proc/sys/kernel/random/boot_id")
            : null, out var boot) ? boot : Guid.NewGuid();

    /// <summary>The name of its data (<c>u</c>) or of this record (<c>a</c>): found again by owner, id and path alone.</summary>
    public static byte[] FileName(char kind, string owner, string uploadId, RemotePath path)
    {
        var key = new MemoryStream();
        using var writer = new BinaryWriter(key);
        writer.Write(owner);
        writer.Write(uploadId);
        writer.Write(path.Bytes.Span);
        var hash = SHA256.HashData(key.GetBuffer().AsSpan(0, (int)key.Length));
        return Encoding.ASCII.GetBytes($"{kind}.{Convert.ToHexStringLower(hash.AsSpan(0, 16))}\0");
    }

    /// <summary>Reads the record; null where there is none or it is damaged.</summary>
    public static UnfinishedRecord? TryRead(int folder, ReadOnlySpan<byte> terminatedName)
    {
        var number = Kernel.OpenAt(folder, terminatedName, Kernel.ReadOnly | Kernel.NoFollow);
        if (number < 0)
        {
            return null;
        }

        using var file = new Descriptor(number);
        var bytes = new byte[MostBytes];
        var length = (int)Kernel.Read(number, bytes, 0);
        return length < 0 ? null : TryParse(bytes.AsSpan(0, length));
    }

    /// <summary>Writes the record in one step.</summary>
    public void Write(StagingFolder staging, ReadOnlySpan<byte> terminatedName, bool sync)
    {
        const string Subject = "The unfinished upload";
        using var folder = staging.Lend();
        var draft = staging.NewName();
        using (var file = new Descriptor(Errno.Check(
            Kernel.OpenAt(folder.Number, draft, Kernel.ReadWrite | Kernel.Create | Kernel.Exclusive, 0x180), Subject)))
        {
            var bytes = ToBytes();
            var written = Kernel.Write(file.Number, bytes, 0);
            var result = written == bytes.Length ? (sync ? Kernel.SyncData(file.Number) : 0) : (int)Math.Min(written, -Errno.NoSpace);
            result = result < 0 ? result : Kernel.Rename(folder.Number, draft, folder.Number, terminatedName);
            if (result < 0)
            {
                Kernel.Unlink(folder.Number, draft);
                throw Errno.Exception(result, Subject);
            }
        }
    }

    private static UnfinishedRecord? TryParse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2 * sizeof(uint) || BitConverter.ToUInt32(bytes[^sizeof(uint)..]) != Sum(bytes[..^sizeof(uint)]))
        {
            return null;
        }

        using var reader = new BinaryReader(new MemoryStream(bytes[..^sizeof(uint)].ToArray()));
        return reader.ReadUInt32() != Magic ? null : new UnfinishedRecord(
            reader.ReadString(),
            reader.ReadString(),
            RemotePath.Resolve(RemotePath.Root, reader.ReadBytes(reader.ReadUInt16())),
            reader.ReadInt64() is >= 0 and var length ? length : null,
            new Guid(reader.ReadBytes(16)),
            new FileIdentity(reader.ReadUInt64(), reader.ReadInt64(), reader.ReadUInt32()),
            new Usage(reader.ReadInt64(), reader.ReadInt64()));
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        var crc = new Crc32C();
        crc.Append(bytes);
        return crc.Value;
    }

    private byte[] ToBytes()
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(Owner);
        writer.Write(UploadId);
        writer.Write((ushort)Path.Bytes.Length);
        writer.Write(Path.Bytes.Span);
        writer.Write(Length ?? -1);
        writer.Write(Boot.ToByteArray());
        writer.Write(Data.Inode);
        writer.Write(Data.BornSeconds);
        writer.Write(Data.BornNanoseconds);
        writer.Write(Settled.Bytes);
        writer.Write(Settled.Files);
        writer.Write(Sum(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }
}
