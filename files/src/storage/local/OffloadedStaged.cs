using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>
/// A <see cref="LocalStaged"/> under a session's offload. Nothing here waits for a disk on the caller's thread, which may be a loop that serves many: small pieces
/// are gathered, and written when there are enough of them or with whatever comes next, so that they cost no way of their own.
/// </summary>
internal sealed class OffloadedStaged(LocalStaged staged, IOffload offload) : IStaged
{
    private byte[] _gathered = [];
    private int _count;
    private long _at; // Where the gathered bytes go.

    public long Received => staged.Received;

    public long Trusted => staged.Trusted;

    public Usage Settled => staged.Settled;

    public SafeFileHandle? File => staged.File;

    public long? Replaces => staged.Replaces;

    public ValueTask AcceptAsync() => staged.IsAccepted ? default : Run(static staged => staged.Accept(), staged);

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data)
    {
        if (_count + data.Length <= LocalHome.SmallIO && (_count == 0 || offset == _at + _count))
        {
            Gather(offset, data.Span);
            return default;
        }

        return Run(static work => work.This.WriteThrough(work.offset, work.data.Span), (This: this, offset, data));
    }

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer) => offload.RunAsync(
        static work =>
        {
            work.This.Flush();
            return work.This.Staged.Read(work.offset, work.buffer.Span);
        },
        (This: this, offset, buffer));

    public void Vouch(long offset, long end) => staged.Vouch(offset, end);

    public ValueTask DoubtAsync(long offset) => Run(static work => work.staged.Doubt(work.offset), (staged, offset));

    public ValueTask<long> CopyAsync(IContent source, long offset, long count) => offload.RunAsync(
        static work =>
        {
            work.This.Flush();
            return work.This.Staged.Copy((LocalContent)work.source, work.offset, work.count);
        },
        (This: this, source, offset, count));

    public ValueTask<FileEntry> PublishAsync(Publication how, long length, ITally tally) => offload.RunAsync(
        static work =>
        {
            work.This.Flush();
            var entry = work.This.Staged.Publish(work.how, work.length, work.tally);
            work.This.Close();
            return entry;
        },
        (This: this, how, length, tally));

    public ValueTask KeepAsync(long length, ITally tally) => Run(static work => work.This.Keep(work.length, work.tally), (This: this, length, tally));

    public ValueTask DiscardAsync(ITally tally) => Run(
        static work =>
        {
            work.This.Staged.Discard(work.tally);
            work.This.Close();
        },
        (This: this, tally));

    public ValueTask DisposeAsync() => staged.IsClosed ? default : Run(static staged => staged.Close(), this);

    private LocalStaged Staged => staged;

    private void Gather(long offset, ReadOnlySpan<byte> data)
    {
        if (_count == 0)
        {
            _at = offset;
        }

        if (_gathered.Length - _count < data.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_count + data.Length, Math.Min(2 * _gathered.Length, LocalHome.SmallIO)));
            _gathered.AsSpan(0, _count).CopyTo(larger);
            Return();
            _gathered = larger;
        }

        data.CopyTo(_gathered.AsSpan(_count));
        _count += data.Length;
    }

    private void WriteThrough(long offset, ReadOnlySpan<byte> data)
    {
        Flush();
        if (data.Length > LocalHome.SmallIO / 2)
        {
            staged.Write(offset, data);
        }
        else
        {
            Gather(offset, data);
        }
    }

    /// <summary>Writes what is gathered; where that fails it stays so.</summary>
    private void Flush()
    {
        if (_count > 0)
        {
            staged.Write(_at, _gathered.AsSpan(0, _count));
            _count = 0;
            Return();
        }
    }

    private void Keep(long length, ITally tally)
    {
        try
        {
            Flush();
        }
        catch (FileException)
        {
            length = Math.Min(length, _at); // The disk did not take the rest, and its session has been told or will be.
        }

        staged.Keep(length, tally);
        Close();
    }

    private void Close()
    {
        _count = 0;
        Return();
        staged.Dispose();
    }

    private void Return()
    {
        if (_gathered.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_gathered);
            _gathered = [];
        }
    }

    private async ValueTask Run<TState>(Action<TState> action, TState state) =>
        await offload.RunAsync(
            static work =>
            {
                work.action(work.state);
                return true;
            },
            (action, state));
}
