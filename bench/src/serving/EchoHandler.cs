using System.Buffers;
using System.Diagnostics;
using Argosy.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Bench;

/// <summary>
/// The measured handler, one source under all models. It waits with an empty buffer and rents one only when there is something to
/// read, so that a connection costs no buffer while it is idle.
/// </summary>
internal sealed class EchoHandler(SafeFileHandle file) : ConnectionHandler
{
    private const int BufferBytes = 4096;

    public override async ValueTask HandleAsync()
    {
        var connection = Context.Connection;
        while (true)
        {
            await connection.ReadAsync(Memory<byte>.Empty);
            var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
            try
            {
                var count = await connection.ReadAsync(buffer);
                if (count == 0) return;
                if (buffer[0] == BenchProtocol.File)
                {
                    await connection.SendFileAsync(file, 0, BenchProtocol.FileBytes);
                    continue;
                }

                if (buffer[0] == BenchProtocol.Burn) Burn();
                await connection.WriteAsync(buffer.AsMemory(0, count));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private static void Burn()
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < BenchProtocol.BurnTime)
        {
        }
    }
}
