using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets;

/// <summary>
/// Moves bytes between a connection and a file through memory: under TLS, on systems without sendfile(2) and splice(2), and
/// for files that these calls refuse.
/// </summary>
internal static class FileCopy
{
    /// <summary>Large enough that the system call costs little (measured: 64 KiB 2.9 GB/s, 1 MiB 3.4 GB/s).</summary>
    internal const int ChunkBytes = 256 * 1024;

    internal static byte[] Rent() => ArrayPool<byte>.Shared.Rent(ChunkBytes);

    internal static void Return(byte[] chunk) => ArrayPool<byte>.Shared.Return(chunk);

    [AsyncMethodBuilder(typeof(InlineMethodBuilder<>))]
    internal static async ValueTask<long> SendAsync(
        IConnection connection, SafeFileHandle file, long offset, long count, CancellationToken cancellation)
    {
        var chunk = Rent();
        try
        {
            long sent = 0;
            while (sent < count)
            {
                var read = await SendChunkAsync(connection, file, offset + sent, count - sent, chunk, cancellation);
                if (read == 0) break;
                sent += read;
            }

            return sent;
        }
        finally
        {
            Return(chunk);
        }
    }

    /// <summary>Sends one chunk; 0 where the file has ended.</summary>
    [AsyncMethodBuilder(typeof(InlineMethodBuilder<>))]
    internal static async ValueTask<int> SendChunkAsync(
        IConnection connection, SafeFileHandle file, long offset, long count, byte[] chunk, CancellationToken cancellation)
    {
        var read = RandomAccess.Read(file, chunk.AsSpan(0, (int)Math.Min(count, chunk.Length)), offset);
        if (read > 0) await connection.WriteAsync(chunk.AsMemory(0, read), cancellation);
        return read;
    }

    /// <summary>
    /// Bytes that cannot be written to the file are put back, and a failure after the first byte ends the transfer early
    /// instead of throwing: the caller always knows how far the file goes, and meets the failure again in its next call.
    /// </summary>
    [AsyncMethodBuilder(typeof(InlineMethodBuilder<>))]
    internal static async ValueTask<long> ReceiveAsync(
        IConnection connection, SafeFileHandle file, long offset, long count, CancellationToken cancellation)
    {
        var chunk = Rent();
        long received = 0;
        try
        {
            while (received < count)
            {
                var read = await connection.ReadAsync(chunk.AsMemory(0, (int)Math.Min(count - received, chunk.Length)), cancellation);
                if (read == 0) break;
                Store(connection, file, offset + received, chunk.AsSpan(0, read));
                received += read;
            }
        }
        catch (Exception) when (received > 0)
        {
            return received;
        }
        finally
        {
            Return(chunk);
        }

        return received;
    }

    private static void Store(IConnection connection, SafeFileHandle file, long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(file, bytes, offset);
        }
        catch
        {
            connection.Unread(bytes);
            throw;
        }
    }
}
