namespace Argosy.Sockets.Tests;

/// <summary>Handlers that several tests use.</summary>
internal static class Handlers
{
    public static async ValueTask EchoAsync(HandlerContext context, IConnection connection)
    {
        var buffer = new byte[16 * 1024];
        while (await connection.ReadAsync(buffer) is > 0 and var count) await connection.WriteAsync(buffer.AsMemory(0, count));
    }

    /// <summary>Reads exactly as many bytes as fit.</summary>
    public static async ValueTask ReadExactlyAsync(this IConnection connection, Memory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = await connection.ReadAsync(buffer);
            if (count == 0) throw new EndOfStreamException();
            buffer = buffer[count..];
        }
    }

    public static ValueTask WriteAsync(this IConnection connection, string text) =>
        connection.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text));
}
