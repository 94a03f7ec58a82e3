using System.Text;
using Argosy.Wire;

namespace Argosy.Client;

/// <summary>A small file on its way together with others.</summary>
internal abstract class PackItem(RemotePath path)
{
    public RemotePath Path => path;

    /// <summary>Bytes of it.</summary>
    public abstract int Size { get; }

    /// <summary>False where nobody wants it any more.</summary>
    public abstract bool IsWanted { get; }

    /// <summary>True where one request can ask for both.</summary>
    public virtual bool MayGoWith(PackItem other) => true;

    /// <summary>It has come to nothing.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>Nobody wants it any more.</summary>
    public abstract void Cancel(CancellationToken stop);

    /// <summary>What a record says that went wrong.</summary>
    /// <param name="file">Which file it is about.</param>
    /// <param name="failure">The record.</param>
    /// <param name="command">The command that would have moved this file alone.</param>
    public static ClientException Translate(PackItem file, in PackRecord failure, string command)
    {
        var reply = Reply.Refusal(Encoding.UTF8.GetString(failure.Name.Span), Encoding.UTF8.GetString(failure.Content.Span));
        return ReplyErrors.Translate(reply, new Request { Command = command, Path = file.Path.Bytes.ToArray() });
    }
}

/// <summary>A <see cref="PackItem"/> that somebody waits for.</summary>
internal abstract class PackItem<T>(RemotePath path) : PackItem(path)
{
    // Continuations run where it is told, one file's after another's: to hand over each of many would cost more than they do. Never on the reader's thread, which
    // belongs to everybody.
    private readonly TaskCompletionSource<T> _completion = new();

    public Task<T> Outcome => _completion.Task;

    public override bool IsWanted => !_completion.Task.IsCompleted;

    public override void Fail(Exception exception) => _completion.TrySetException(exception);

    public override void Cancel(CancellationToken stop) => _completion.TrySetCanceled(stop);

    protected void Succeed(T result) => _completion.TrySetResult(result);
}

/// <summary>One that goes up.</summary>
/// <param name="path">Its place on the server.</param>
/// <param name="content">All of it.</param>
/// <param name="options">How.</param>
internal sealed class PackedFile(RemotePath path, ReadOnlyMemory<byte> content, PutOptions options) : PackItem<Stored>(path)
{
    public override int Size => content.Length;

    public bool Overwrite => options.Overwrite;

    public PackRecord Record => new(
        PackKind.File, Path.Bytes, content, Times.ToWire(options.Modified), options.Mode is { } mode ? (int)mode & 0x1ff : null);

    public override bool MayGoWith(PackItem other) => other is PackedFile file && file.Overwrite == Overwrite;

    /// <summary>All of it has left.</summary>
    public void TellSent() => options.Progress?.Report(new TransferProgress(Size, Size));

    /// <summary>The server has it.</summary>
    /// <param name="final">The name that it got.</param>
    public void Keep(RemotePath final) =>
        Succeed(new Stored(final, Size, Times.FromWire(Times.ToWire(options.Modified)) ?? DateTimeOffset.UtcNow));
}

/// <summary>One that comes down.</summary>
/// <param name="path">Its place on the server.</param>
/// <param name="buffer">Where it goes, as long as it is to be.</param>
/// <param name="options">How.</param>
internal sealed class WantedFile(RemotePath path, ArraySegment<byte> buffer, GetOptions options) : PackItem<Fetched>(path)
{
    // Whoever gives it up may use the buffer for something else at once.
    private readonly Lock _gate = new();
    private Fetched? _fetched;
    private Exception? _failure;

    public override int Size => buffer.Count;

    public PackRecord Record => new(PackKind.File, Path.Bytes, default);

    public override void Cancel(CancellationToken stop)
    {
        lock (_gate)
            _failure ??= new OperationCanceledException(stop);
        base.Cancel(stop);
    }

    /// <summary>It has come, or why it does not; to be told by <see cref="Tell"/>.</summary>
    public void Take(in PackRecord record)
    {
        lock (_gate)
        {
            if (_failure is not null || _fetched is not null)
                return; // The buffer may be somebody else's by now.
            if (record.Kind == PackKind.Failure)
                _failure = Explain(record);
            else if (record.Content.Length != Size)
                _failure = Download.Changed(Path);
            else
                Keep(record);
        }
    }

    /// <summary>Tells what was taken.</summary>
    public void Tell()
    {
        if (_failure is not null)
            Fail(_failure);
        else
            Succeed(_fetched!);
    }

    private void Keep(in PackRecord record)
    {
        record.Content.Span.CopyTo(buffer);
        options.Progress?.Report(new TransferProgress(Size, Size));
        _fetched = new Fetched(Size, Size, Times.FromWire(record.MTime) ?? DateTimeOffset.UtcNow, (UnixFileMode?)record.Mode);
    }

    // By itself it can be had all the same.
    private ClientException Explain(in PackRecord failure) =>
        failure.Name.Span.SequenceEqual("changed"u8) || failure.Name.Span.SequenceEqual("unsupported"u8)
            ? Download.Changed(Path)
            : Translate(this, failure, "get");
}
