using Argosy.Wire;

namespace Argosy.Client;

/// <summary>
/// A file, or a part of one, on its way into a stream. When the stream fails or nobody wants the rest, what still comes is dropped and the
/// session goes on.
/// </summary>
internal sealed class Download(RemotePath path, Stream sink, GetOptions options) : Exchange<Fetched>
{
    // From here on a thread of its own is worth it.
    private const long Bulk = Limits.Chunk;

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Crc32C _sum;
    private uint? _announcedSum;
    private Fetched? _announced;
    private long _received;
    private bool _isWriting;
    private Exception? _failure;

    public override bool IsTransfer => true;

    public override bool ExpectsBody => true;

    // What waits for people or for other programs must be able to be stopped.
    public override bool IsBulk => sink is LocalStream && _announced is { } announced && announced.Bytes - _received >= Bulk;

    public override Request Describe(long id) => new()
    {
        Command = "get",
        Id = id,
        Path = path.Bytes.ToArray(),
        Offset = options.Offset == 0 ? null : options.Offset,
        Length = options.Length,
        Check = options.Verify ? null : BodyCheck.None,
    };

    public override void Accept(Reply reply)
    {
        if (reply.Size is not { } size || Times.FromWire(reply.MTime) is not { } modified
            || (reply.Offset ?? 0) != options.Offset || options.Offset > size)
            throw Lie("its answer does not fit the question");
        var bytes = Math.Min(size - options.Offset, options.Length ?? long.MaxValue);
        if (reply.Body.Length is { } announced && announced != bytes)
            throw Lie($"it announced {announced} bytes instead of {bytes}");
        if ((options.Revision is { } wanted && Entries.Revision(reply) != wanted) || (options.Size is { } length && length != size))
        {
            lock (_gate)
                _failure ??= Changed(path);
            Drop();
        }

        _announcedSum = reply.Crc32C;
        _announced = new Fetched(bytes, size, modified, (UnixFileMode?)reply.Mode)
        {
            Revision = Entries.Revision(reply),
            MayBeMixed = bytes > FileClient.SmallFile,
        };
    }

    /// <summary>How to ask for what is still to come where the session was lost in the middle; null where the server cannot tell versions apart.</summary>
    public GetOptions? Rest => _announced is { Revision: { } revision } && _failure is null
        ? options with { Offset = options.Offset + _received, Length = _announced.Bytes - _received, Revision = revision }
        : null;

    /// <summary>The bytes that came so far, and their CRC-32C.</summary>
    public (long Bytes, uint Sum) Received => (_received, _sum.Value);

    /// <summary>What is said of a file that became another one meanwhile.</summary>
    public static FileChangedException Changed(RemotePath path) =>
        new($"{path}: it changed on the server while it was fetched, so that what came may be of two versions. Get it again.");

    // What a server sends is damaged only where a sum says so; a body that it takes back was of a file that changed under its hands.
    public override ClientException? Explain(Reply refusal) =>
        refusal.ErrorName is "changed" || (_announced is not null && refusal.Error is WireError.Mismatch) ? Changed(path) : null;

    public override async ValueTask ReceiveAsync(ReadOnlyMemory<byte> piece)
    {
        if (!Begin(piece.Span))
            return;
        try
        {
            await sink.WriteAsync(piece, _stop.Token).ConfigureAwait(false);
            Report();
        }
        catch (Exception exception)
        {
            Note(exception);
        }

        EndWrite();
    }

    public override void Receive(ReadOnlySpan<byte> piece)
    {
        if (!Begin(piece))
            return;
        try
        {
            sink.Write(piece);
            Report();
        }
        catch (Exception exception)
        {
            Note(exception);
        }

        EndWrite();
    }

    public override void Finish(Trailer? trailer)
    {
        var announced = _announced!;
        if (_received != announced.Bytes)
            Fail(new NotVerifiedException($"Only {_received} of {announced.Bytes} bytes came. Nothing was kept; get it again."));
        else if (options.Verify && _sum.Value != (trailer is null ? _announcedSum : trailer.Crc32C))
            Fail(new NotVerifiedException("The file's checksum is wrong: something changed it on the way. Nothing was kept; get it again."));
        else
            Succeed(announced);
    }

    // The owner of the sink may close it as soon as the outcome is known: not while a piece is being written.
    public override void Cancel(CancellationToken cancellationToken)
    {
        lock (_gate)
            _failure ??= new OperationCanceledException(cancellationToken);
        _stop.Cancel();
        lock (_gate)
        {
            if (!_isWriting)
                Drop();
        }
    }

    /// <summary>Counts a piece; false where nobody wants it any more.</summary>
    private bool Begin(ReadOnlySpan<byte> piece)
    {
        _received += piece.Length;
        if (_received > _announced!.Bytes)
            throw Lie($"it sent more than the {_announced.Bytes} bytes that it announced");
        lock (_gate)
        {
            if (_failure is not null)
                return false;
            _isWriting = true;
        }

        if (options.Verify)
            _sum.Append(piece);
        return true;
    }

    private void Report()
    {
        // One that goes on counts what is here already.
        var begun = options.Revision is null ? 0 : options.Offset;
        options.Progress?.Report(new TransferProgress(begun + _received, begun + _announced!.Bytes) { Begun = begun });
    }

    private void Note(Exception exception)
    {
        lock (_gate)
            _failure ??= exception;
    }

    private void EndWrite()
    {
        lock (_gate)
        {
            _isWriting = false;
            if (_failure is not null)
                Drop();
        }
    }

    private void Drop()
    {
        if (_failure is OperationCanceledException cancelled)
            base.Cancel(cancelled.CancellationToken);
        else
            Fail(_failure!);
    }

    private NotVerifiedException Lie(string what) =>
        new($"The server contradicts itself about {path}: {what}. Nothing was kept; get it again.");
}
