using Argosy.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Benchmarks.BufferedIo;

/// <summary>One way to move the bytes.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Order">What the peer is told: take or give.</param>
/// <param name="Bytes">How many.</param>
/// <param name="MoveAsync">Moves them between the connection and the file; what it returns must be how many.</param>
/// <param name="File">The file, where there is one.</param>
internal sealed record Variant(string Name, byte Order, long Bytes, Func<IConnection, SafeFileHandle, long, ValueTask<long>> MoveAsync, string? File);

/// <summary>Ways that answer one question: they are measured in turn, and the table compares them.</summary>
internal sealed record VariantGroup(string Title, IReadOnlyList<Variant> Variants);

/// <summary>Every way that is measured, as data.</summary>
internal static class Variants
{
    private const int Kibi = 1024;
    private const int PieceBytes = 64;
    private const long PiecesTotal = 16L * 1024 * 1024;

    private static readonly int[] ChunkSizes = [4 * Kibi, 64 * Kibi, 256 * Kibi, 1024 * Kibi];

    internal static IEnumerable<VariantGroup> All(Settings settings)
    {
        foreach (var folder in settings.Folders)
        {
            var file = Path.Combine(folder, $"argosy-buffered-io-{Environment.ProcessId}");
            var place = $"{folder} ({Machine.FileSystemOf(folder)}), {settings.Mebibytes} MiB, in the page cache";
            yield return new($"File to socket: {place}", [.. Sending(settings.Bytes, file)]);
            yield return new($"Socket to file: {place}", [.. Receiving(settings.Bytes, file)]);
        }

        yield return new($"{PieceBytes}-byte pieces to socket: {PiecesTotal / 1024 / 1024} MiB", [.. Pieces()]);
    }

    private static IEnumerable<Variant> Sending(long bytes, string file) =>
    [
        .. ChunkSizes.Select(size => new Variant($"read + write, {size / Kibi} KiB", Peer.Take, bytes, (c, f, n) => CopyOutAsync(c, f, n, size), file)),
        new("FileStream.CopyToAsync", Peer.Take, bytes, CopyStreamOutAsync, file),
        new("sendfile(2): SendFileAsync", Peer.Take, bytes, (c, f, n) => c.SendFileAsync(f, 0, n), file),
    ];

    private static IEnumerable<Variant> Receiving(long bytes, string file) =>
    [
        .. ChunkSizes.Select(size => new Variant($"read + write, {size / Kibi} KiB", Peer.Give, bytes, (c, f, n) => CopyInAsync(c, f, n, size), file)),
        new("splice(2): ReceiveToFileAsync", Peer.Give, bytes, (c, f, n) => c.ReceiveToFileAsync(f, 0, n), file),
    ];

    private static IEnumerable<Variant> Pieces() =>
    [
        new("a write each", Peer.Take, PiecesTotal, WritePiecesAsync, null),
        new("BufferedStream, 4 KiB", Peer.Take, PiecesTotal, (c, _, n) => GatherPiecesAsync(c, n, 4 * Kibi), null),
        new("BufferedStream, 64 KiB", Peer.Take, PiecesTotal, (c, _, n) => GatherPiecesAsync(c, n, 64 * Kibi), null),
        new("PipeWriter, flushed at 64 KiB", Peer.Take, PiecesTotal, PipePiecesAsync, null),
    ];

    private static async ValueTask<long> CopyOutAsync(IConnection connection, SafeFileHandle file, long count, int size)
    {
        var chunk = GC.AllocateUninitializedArray<byte>(size);
        long sent = 0;
        while (sent < count)
        {
            var read = RandomAccess.Read(file, chunk.AsSpan(0, (int)Math.Min(size, count - sent)), sent);
            await connection.WriteAsync(chunk.AsMemory(0, read));
            sent += read;
        }

        return sent;
    }

    private static async ValueTask<long> CopyStreamOutAsync(IConnection connection, SafeFileHandle file, long count)
    {
        await using var stream = new FileStream(new SafeFileHandle(file.DangerousGetHandle(), ownsHandle: false), FileAccess.Read);
        stream.Position = 0;
        await stream.CopyToAsync(connection.AsStream());
        return stream.Position;
    }

    private static async ValueTask<long> CopyInAsync(IConnection connection, SafeFileHandle file, long count, int size)
    {
        var chunk = GC.AllocateUninitializedArray<byte>(size);
        long received = 0;
        while (received < count)
        {
            var read = await connection.ReadAsync(chunk.AsMemory(0, (int)Math.Min(size, count - received)));
            if (read == 0) break;
            RandomAccess.Write(file, chunk.AsSpan(0, read), received);
            received += read;
        }

        return received;
    }

    private static async ValueTask<long> WritePiecesAsync(IConnection connection, SafeFileHandle file, long count)
    {
        var piece = new byte[PieceBytes];
        for (long sent = 0; sent < count; sent += PieceBytes) await connection.WriteAsync(piece);
        return count;
    }

    private static async ValueTask<long> GatherPiecesAsync(IConnection connection, long count, int size)
    {
        var piece = new byte[PieceBytes];
        var stream = new BufferedStream(connection.AsStream(), size); // not disposed: that would flush synchronously
        for (long sent = 0; sent < count; sent += PieceBytes) await stream.WriteAsync(piece);
        await stream.FlushAsync();
        return count;
    }

    private static async ValueTask<long> PipePiecesAsync(IConnection connection, SafeFileHandle file, long count)
    {
        var output = connection.AsPipe().Output;
        for (long sent = 0; sent < count; sent += PieceBytes)
        {
            output.GetSpan(PieceBytes)[..PieceBytes].Clear();
            output.Advance(PieceBytes);
            if (output.UnflushedBytes >= 64 * Kibi) await output.FlushAsync();
        }

        await output.FlushAsync();
        return count;
    }
}
