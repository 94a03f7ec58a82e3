using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Argosy.Files;

/// <summary>Computes the checksums that were asked for while the bytes pass.</summary>
internal sealed class ContentCheck : IDisposable
{
    private const int Step = 256 << 10;

    private readonly List<(ChecksumAlgorithm Algorithm, IncrementalHash Hash)> _hashes = [];
    private readonly bool _crcWanted;
    private Crc32C _crc = new();

    public ContentCheck(IEnumerable<ChecksumAlgorithm> algorithms)
    {
        foreach (var algorithm in algorithms.Distinct())
        {
            switch (algorithm)
            {
                case ChecksumAlgorithm.Crc32C:
                    _crcWanted = true;
                    break;
                case ChecksumAlgorithm.Md5:
                    _hashes.Add((algorithm, IncrementalHash.CreateHash(HashAlgorithmName.MD5)));
                    break;
                default:
                    _hashes.Add((algorithm, IncrementalHash.CreateHash(HashAlgorithmName.SHA256)));
                    break;
            }
        }
    }

    public void Append(ReadOnlySpan<byte> data)
    {
        if (_crcWanted)
        {
            _crc.Append(data);
        }

        foreach (var (_, hash) in _hashes)
        {
            hash.AppendData(data);
        }
    }

    /// <summary>Appends what <paramref name="read"/> gives from an offset to an end, reading and computing under the offload.</summary>
    public async ValueTask AppendAsync(
        Func<long, Memory<byte>, ValueTask<int>> read, long offset, long end, IOffload offload, FileSession session, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(end - offset, 1, Step));
        try
        {
            while (offset < end)
            {
                cancellation.ThrowIfCancellationRequested();
                await session.RequireWantedAsync();
                var count = await read(offset, buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - offset)));
                if (count == 0)
                {
                    return;
                }

                await offload.RunAsync(static work => work.This.AppendAll(work.buffer.AsSpan(0, work.count)), (This: this, buffer, count));
                offset += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The checksum of a range, read and computed under the session's offload.</summary>
    public static async ValueTask<Checksum> RangeAsync(
        ChecksumAlgorithm algorithm, Func<long, Memory<byte>, ValueTask<int>> read, long offset, long end, FileSession session)
    {
        using var check = new ContentCheck([algorithm]);
        await check.AppendAsync(read, offset, end, session.Offload, session, session.Ended);
        return check.Result(algorithm)!;
    }

    /// <summary>The checksum of what was appended so far, or null where it was not asked for.</summary>
    public Checksum? Result(ChecksumAlgorithm algorithm)
    {
        if (algorithm == ChecksumAlgorithm.Crc32C)
        {
            return _crcWanted ? FromCrc(_crc.Value) : null;
        }

        var hash = _hashes.Find(candidate => candidate.Algorithm == algorithm).Hash;
        return hash is null ? null : new(algorithm, Convert.ToHexStringLower(hash.GetCurrentHash()));
    }

    private bool AppendAll(ReadOnlySpan<byte> data)
    {
        Append(data);
        return true;
    }

    public void Dispose() => _hashes.ForEach(entry => entry.Hash.Dispose());

    private static Checksum FromCrc(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return new(ChecksumAlgorithm.Crc32C, Convert.ToHexStringLower(bytes));
    }
}
