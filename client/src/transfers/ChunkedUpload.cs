using System.Buffers;
using System.Buffers.Binary;
using Argosy.Wire;

namespace Argosy.Client;

/// <summary>
/// A file of any size: chunks while the source gives them, then a trailer with the sum. The next chunk is read while one is sent. Its
/// outcome is not known before the source has been let go, so that its owner can close it then.
/// </summary>
/// <param name="path">Where to.</param>
/// <param name="source">The rest of the file.</param>
/// <param name="first">What was read of it already, less than a chunk; nothing where the source has not been touched.</param>
/// <param name="size">How long the whole is, where that is known.</param>
/// <param name="options">How to store it.</param>
internal sealed class ChunkedUpload(RemotePath path, Stream source, ReadOnlyMemory<byte> first, long? size, PutOptions options)
    : Upload(path, options)
{
    private const int PrefixSize = FrameEncoder.ChunkPrefix;

    // With its prefix a chunk fills a pooled array.
    private const int ChunkSize = (256 * 1024) - PrefixSize;

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Crc32C _sum;
    private bool _isSending;
    private bool _isReplied;
    private volatile bool _isComplete;

    // What went wrong on this side: the source, or its owner has lost interest. It goes before what the server said.
    private Exception? _failure;
    private Exception? _refusal;

    protected override uint? SentSum => Options.Verify ? _sum.Value : null;

    public override bool MaySucceed => _isComplete;

    public override bool TryBegin()
    {
        lock (_gate)
            return _isSending = base.TryBegin();
    }

    public override Request Describe(long id) => Describe(id, Body.Chunked, size, null);

    public override async ValueTask SendBodyAsync(FrameOutput output)
    {
        await using var closed = output.Closed.UnsafeRegister(
            static stop => ((CancellationTokenSource)stop!).Cancel(), _stop).ConfigureAwait(false);
        try
        {
            var isAll = await SendChunksAsync(output).ConfigureAwait(false) && RequireUnchanged();
            if (isAll || IsPart)
            {
                // Set before the end is sent: a server cannot say yes earlier.
                _isComplete = isAll;
                FrameEncoder.WriteEnd(output, new Trailer { Id = Id, Crc32C = Options.Verify ? _sum.Value : null }, seal: true);
            }
            else
            {
                FrameEncoder.WriteAbandon(output);
            }
        }
        finally
        {
            Settle(() => _isSending = false);
        }
    }

    public override void Finish(Trailer? trailer) => Settle(() => _isReplied = true);

    public override void Fail(Exception exception)
    {
        Settle(() => (_isReplied, _refusal) = (true, exception));
        _stop.Cancel();
    }

    public override void Cancel(CancellationToken cancellationToken)
    {
        Settle(() => _failure ??= new OperationCanceledException(cancellationToken));
        _stop.Cancel();
    }

    // Whoever lost interest in an upload that can be continued ends what was sent, so that it is verified and kept: too short to be published.
    private bool IsPart
    {
        get
        {
            lock (_gate)
                return _failure is OperationCanceledException && Options.Upload is not null && Sent < size;
        }
    }

    private bool RequireUnchanged()
    {
        if (Options.IsUnchanged?.Invoke() != false)
            return true;
        lock (_gate)
            _failure ??= Changed();
        return false;
    }

    private async ValueTask<bool> SendChunksAsync(FrameOutput output)
    {
        if (source is not LocalStream || !first.IsEmpty || size - Sent < Limits.Chunk)
            return await SendPiecesAsync(output).ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
        return await LongThread.RunAsync(() => SendBulk(output)).ConfigureAwait(false);
    }

    private async ValueTask<bool> SendPiecesAsync(FrameOutput output)
    {
        byte[] current = ArrayPool<byte>.Shared.Rent(PrefixSize + ChunkSize), next = ArrayPool<byte>.Shared.Rent(PrefixSize + ChunkSize);
        first.CopyTo(current.AsMemory(PrefixSize));
        var length = first.IsEmpty ? await ReadAsync(current, Sent, output.Watch).ConfigureAwait(false) : first.Length;
        while (length > 0)
        {
            var reading = ReadAsync(next, Sent + length, output.Watch);
            Seal(current, length);
            await output.SendAsync(current.AsMemory(0, PrefixSize + length)).ConfigureAwait(false);
            NoteSent(length);
            length = await reading.ConfigureAwait(false);
            (current, next) = (next, current);
        }

        if (length < 0)
            return false;
        ArrayPool<byte>.Shared.Return(current);
        ArrayPool<byte>.Shared.Return(next);
        return true;
    }

    /// <summary>
    /// The same on a thread of its own, one step after the other: what was read is still in the processor's cache when it is summed and sent. Chunks are of
    /// whole pages, and so are the writes over there.
    /// </summary>
    private bool SendBulk(FrameOutput output)
    {
        var chunk = output.BulkBuffer;
        int length;
        while ((length = Read(chunk, output.Watch)) > 0)
        {
            Seal(chunk, length);
            output.Send(chunk.AsSpan(0, PrefixSize + length));
            NoteSent(length);
        }

        return length == 0;
    }

    private void Seal(byte[] chunk, int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(chunk, length);
        if (Options.Verify)
            _sum.Append(chunk.AsSpan(PrefixSize, length));
    }

    private void NoteSent(int length)
    {
        Sent += length;
        Options.Progress?.Report(new TransferProgress(Sent, size) { Begun = Options.Offset });
    }

    private int Read(byte[] buffer, Watch watch)
    {
        watch.Leave();
        try
        {
            return _stop.IsCancellationRequested ? -1 : Check(source.ReadAtLeast(buffer.AsSpan(PrefixSize), Limits.Chunk, throwOnEndOfStream: false), Sent);
        }
        catch (Exception exception)
        {
            return Abandon(exception);
        }
        finally
        {
            watch.Return();
        }
    }

    private int Abandon(Exception exception)
    {
        lock (_gate)
            _failure ??= exception;
        return -1;
    }

    // What is longer or shorter than it was is another version.
    private int Check(int length, long position) =>
        size is null || (length > 0 ? position + length <= size : position == size) ? length : throw Changed();

    /// <summary>The length of the next chunk; 0 at the end; -1 where the upload has to be abandoned. Then the buffer is still the source's.</summary>
    private async Task<int> ReadAsync(byte[] buffer, long position, Watch watch)
    {
        watch.Leave();
        try
        {
            // Not every stream minds its token: one that waits for a terminal or a pipe does not.
            var length = await source.ReadAsync(buffer.AsMemory(PrefixSize, ChunkSize), _stop.Token).AsTask()
                .WaitAsync(_stop.Token).ConfigureAwait(false);
            if (_stop.IsCancellationRequested)
                return -1;
            return Check(length, position);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return -1;
        }
        catch (Exception exception)
        {
            return Abandon(exception);
        }
        finally
        {
            watch.Return();
        }
    }

    private void Settle(Action note)
    {
        lock (_gate)
        {
            note();
            if (_isSending)
                return;
            if (_failure is OperationCanceledException cancelled)
                base.Cancel(cancelled.CancellationToken);
            else if (_failure is not null)
                base.Fail(_failure);
            else if (_isReplied && _refusal is not null)
                base.Fail(_refusal);
            else if (_isReplied)
                base.Finish(null);
        }
    }
}
