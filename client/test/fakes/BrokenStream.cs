namespace Argosy.Client.Tests;

/// <summary>Says one length and gives another; then it ends, or fails.</summary>
internal sealed class BrokenStream(int real, int said) : Stream
{
    private int _position;

    public bool EndsWell { get; init; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => said;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = Math.Min(buffer.Length, real - _position);
        _position += count;
        return count > 0 || EndsWell ? ValueTask.FromResult(count) : throw new IOException("The disk has a bad block.");
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
