using System.Security.Cryptography;
using System.Text;

namespace Argosy.Files;

/// <summary>What is known about an unfinished upload, beside its bytes: a small file that is only ever replaced whole.</summary>
/// <param name="Owner">The account.</param>
/// <param name="UploadId">The client's name for it.</param>
/// <param name="Path">Where it shall appear.</param>
/// <param name="Length">The whole file's length where known.</param>
/// <param name="Boot">The boot of the machine in which all its bytes came or were compared; what came before another one may be holes.</param>
/// <param name="Data">Which file these bytes are, so that the record of an earlier upload of that name is never taken for this one's.</param>
/// <param name="Settled">What of it is counted.</param>
/// <param name="Synced">Bytes from the beginning that were on the disk before this was written: they outlast a boot.</param>
internal sealed record UnfinishedRecord(
    string Owner, string UploadId, RemotePath Path, long? Length, Guid Boot, FileIdentity Data, Usage Settled, long Synced = 0)
{
    private const uint Magic = 0x32555241; // "ARU2"
    private const uint MagicBefore = 0x31555241; // "ARU1", without Synced

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

    /// <summary>How many of so many bytes are known to be what was sent.</summary>
    public long Sound(long held) => Boot == ThisBoot ? held : Math.Min(held, Synced);

    /// <summary>Reads the record; null where there is none or it is damaged.</summary>
    public static UnfinishedRecord? TryRead(StagingFolder staging, ReadOnlySpan<byte> terminatedName) =>
        staging.ReadFile(terminatedName) is { } bytes ? TryParse(bytes) : null;

    /// <summary>Writes the record in one step.</summary>
    public void Write(StagingFolder staging, ReadOnlySpan<byte> terminatedName, bool sync) => staging.WriteFile(terminatedName, ToBytes(), sync);

    /// <summary>Writes what will replace the record by a rename.</summary>
    public byte[] WriteDraft(StagingFolder staging, bool sync, out FileIdentity identity) => staging.WriteDraft(ToBytes(), sync, out identity);

    private static UnfinishedRecord? TryParse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2 * sizeof(uint) || BitConverter.ToUInt32(bytes[^sizeof(uint)..]) != Sum(bytes[..^sizeof(uint)]))
        {
            return null;
        }

        using var reader = new BinaryReader(new MemoryStream(bytes[..^sizeof(uint)].ToArray()));
        var magic = reader.ReadUInt32();
        return magic is not (Magic or MagicBefore) ? null : new UnfinishedRecord(
            reader.ReadString(),
            reader.ReadString(),
            RemotePath.Resolve(RemotePath.Root, reader.ReadBytes(reader.ReadUInt16())),
            reader.ReadInt64() is >= 0 and var length ? length : null,
            new Guid(reader.ReadBytes(16)),
            new FileIdentity(reader.ReadUInt64(), reader.ReadInt64(), reader.ReadUInt32()),
            new Usage(reader.ReadInt64(), reader.ReadInt64()),
            magic == Magic ? reader.ReadInt64() : 0);
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
        writer.Write(Synced);
        writer.Write(Sum(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }
}
