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
        StreamConnection connection, SafeFileHandle file, long offset, long count, CancellationToken cancellation)
    {
        connection.ThrowIfWriteDue(cancellation);
        var chunk = Rent();
        long sent = 0;
        try
        {
            while (sent < count)
            {
                var read = Read(file, chunk.AsSpan(0, (int)Math.Min(count - sent, chunk.Length)), offset + sent);
                if (read == 0) break;
                await connection.WriteAsync(chunk.AsMemory(0, read), cancellation);
                sent += read;
            }

            return sent;
        }
        catch when (sent > 0)
        {
            connection.CutWrite(); // also between two chunks, and where the file failed: whoever reads on would take what follows for the file
            throw;
        }
        finally
        {
            Return(chunk);
        }
    }

    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static int Read(SafeFileHandle file, Span<byte> chunk, long offset)
    {
        try
        {
            return RandomAccess.Read(file, chunk, offset);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException("The file to be sent cannot be read; open it for reading.", e); // what the runtime makes of EBADF
        }
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
