using Microsoft.Win32.SafeHandles;

namespace Argosy.Client;

/// <summary>The bytes of a regular local file. What goes wrong with them is said in this library's words, with the file's name.</summary>
/// <param name="inner">The same as the base library gives it.</param>
/// <param name="place">The file, for messages.</param>
internal sealed class LocalStream(FileStream inner, string place) : Stream
{
    public LocalStream(SafeFileHandle file, FileAccess access, string place)
        : this(new FileStream(file, access, bufferSize: 0), place)
    {
    }

    public SafeFileHandle Handle => inner.SafeFileHandle;

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return inner.Read(buffer);
        }
        catch (Exception exception) when (LocalFileException.Of(exception, place, isWritten: false) is { } failure)
        {
            throw failure;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (LocalFileException.Of(exception, place, isWritten: false) is { } failure)
        {
            throw failure;
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (Exception exception) when (LocalFileException.Of(exception, place, isWritten: true) is { } failure)
        {
            throw failure;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (LocalFileException.Of(exception, place, isWritten: true) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Writes at a place, which the position does not follow.</summary>
    public async ValueTask WriteAtAsync(ReadOnlyMemory<byte> bytes, long offset, CancellationToken stop)
    {
        try
        {
            await RandomAccess.WriteAsync(Handle, bytes, offset, stop).ConfigureAwait(false);
        }
        catch (Exception exception) when (LocalFileException.Of(exception, place, isWritten: true) is { } failure)
        {
            throw failure;
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void SetLength(long value)
    {
        try
        {
            inner.SetLength(value);
        }
        catch (Exception exception) when (LocalFileException.Of(exception, place, isWritten: true) is { } failure)
        {
            throw failure;
        }
    }

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
