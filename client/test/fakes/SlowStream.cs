namespace Argosy.Client.Tests;

/// <summary>A pipe of sorts: cannot seek, and pauses once. Like a terminal it does not mind being cancelled.</summary>
internal sealed class SlowStream(byte[] content, TimeSpan pause, int pauseAt) : Stream
{
    private int _position;
    private bool _paused;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public TaskCompletionSource Pausing { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var end = _paused || _position > pauseAt ? content.Length : pauseAt;
        if (_position == pauseAt && !_paused)
        {
            _paused = true;
            Pausing.TrySetResult();
            await Task.Delay(pause, CancellationToken.None);
            end = content.Length;
        }

        var count = Math.Min(buffer.Length, end - _position);
        content.AsMemory(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
