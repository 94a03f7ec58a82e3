namespace Argosy.Server;

/// <summary>Passes on what can be passed on; the rest is lost, as a log on a full disk is.</summary>
internal sealed class LossyStream(Stream inner) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() => Try(inner.Flush);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (Exception error) when (IsLoss(error))
        {
            // The next one may get through.
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (IsLoss(error))
        {
            // As above.
        }
    }

    private static bool IsLoss(Exception error) => error is IOException or UnauthorizedAccessException;
}
