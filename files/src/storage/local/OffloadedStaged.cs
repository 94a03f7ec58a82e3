using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>A <see cref="LocalStaged"/> under a session's offload; small writes go straight to the page cache.</summary>
internal sealed class OffloadedStaged(LocalStaged staged, IOffload offload) : IStaged
{
    public long Received => staged.Received;

    public Usage Settled => staged.Settled;

    public SafeFileHandle? File => staged.File;

    public long? Replaces => staged.Replaces;

    public ValueTask AcceptAsync() => staged.IsAccepted ? default : Run(static staged => staged.Accept(), staged);

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data)
    {
        if (data.Length > LocalHome.SmallIO)
        {
            return Run(static work => work.staged.Write(work.offset, work.data.Span), (staged, offset, data));
        }

        staged.Write(offset, data.Span);
        return default;
    }

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer) =>
        offload.RunAsync(static work => work.staged.Read(work.offset, work.buffer.Span), (staged, offset, buffer));

    public ValueTask<long> CopyAsync(IContent source, long offset, long count) =>
        offload.RunAsync(static work => work.staged.Copy((LocalContent)work.source, work.offset, work.count), (staged, source, offset, count));

    public ValueTask<FileEntry> PublishAsync(Publication how, long length, ITally tally) =>
        offload.RunAsync(static work => work.staged.Publish(work.how, work.length, work.tally), (staged, how, length, tally));

    public ValueTask KeepAsync(long length, ITally tally) => Run(static work => work.staged.Keep(work.length, work.tally), (staged, length, tally));

    public ValueTask DiscardAsync(ITally tally) => Run(static work => work.staged.Discard(work.tally), (staged, tally));

    public ValueTask DisposeAsync()
    {
        staged.Dispose();
        return default;
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
