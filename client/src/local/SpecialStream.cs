using Microsoft.Win32.SafeHandles;

namespace Argosy.Client;

/// <summary>
/// The bytes of a pipe, terminal or other device, or of a file that is written as one. Whoever waits for the other end can be stopped at any time:
/// nothing is read or written before poll(2) says that it can be.
/// </summary>
/// <param name="file">Open; closed with the stream.</param>
/// <param name="place">The file, for messages.</param>
internal sealed class SpecialStream(SafeFileHandle file, string place) : Stream
{
    // How long a thread may still wait that nobody waits for any more.
    private const int Slice = 100;

    // What a pipe takes at once, when it takes anything (PIPE_BUF): more could stand in the middle. A regular file, as behind /dev/stdout, takes all.
    private readonly int _atOnce = Posix.Stat(file, out var facts) == 0 && facts.Kind == EntryKind.File ? int.MaxValue : 4096;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            await WaitAsync(Posix.Readable, cancellationToken).ConfigureAwait(false);
            var count = Posix.Read(file, buffer.Span);
            if (count >= 0)
                return count;
            if (count != Posix.TryAgain)
                throw LocalErrors.Make(-count, place, isWritten: false);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            await WaitAsync(Posix.Writable, cancellationToken).ConfigureAwait(false);
            var count = Posix.Write(file, buffer.Span[..Math.Min(buffer.Length, _atOnce)]);
            if (count < 0 && count != Posix.TryAgain)
                throw LocalErrors.Make(-count, place, isWritten: true);
            buffer = buffer[Math.Max(count, 0)..];
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask WaitAsync(short events, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (Posix.Wait(file, events, 0))
            return;
        while (!await Task.Run(() => Posix.Wait(file, events, Slice), stop).WaitAsync(stop).ConfigureAwait(false))
            stop.ThrowIfCancellationRequested();
    }
}
