namespace Argosy.Client;

/// <summary>A connection with more between its bytes and the kernel, as TLS is.</summary>
/// <param name="stream">Its synchronous calls end when its owner closes it.</param>
internal sealed class StreamLine(Stream stream) : BlockingLine
{
    // A slow line shows that it lives after each of them.
    private const int Part = 128 * 1024;

    public override void Send(ReadOnlySpan<byte> bytes, Watch watch)
    {
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(bytes.Length, Part)];
            stream.Write(part);
            watch.Touch();
            bytes = bytes[part.Length..];
        }
    }

    public override int Receive(Span<byte> buffer, int least)
    {
        var count = 0;
        var enough = Environment.TickCount64 + Moment;
        try
        {
            int received;
            do
            {
                count += received = stream.Read(buffer[count..]);
            }
            while (received > 0 && count < least && Environment.TickCount64 <= enough);
        }
        catch (IOException) when (count > 0)
        {
            // Whoever reads again hears of it.
        }

        return count;
    }
}
