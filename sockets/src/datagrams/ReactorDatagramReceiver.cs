using System.Runtime.CompilerServices;

namespace Argosy.Sockets;

/// <summary>
/// Datagrams under the reactor models: the first loop receives, and the workers live on all loops, where a handler that waits costs nothing and
/// keeps nobody. Work that blocks belongs into <see cref="DatagramContext.OffloadAsync"/>: on a loop it keeps everybody.
/// </summary>
internal sealed class ReactorDatagramReceiver : IDatagramReceiver
{
    /// <summary>A loop that somebody blocks must not block the stop as well.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    private readonly DatagramDispatcher _dispatcher;
    private readonly EventLoop[] _loops;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _receiving = [];

    private ReactorDatagramReceiver(DatagramDispatcher dispatcher, EventLoop[] loops) => (_dispatcher, _loops) = (dispatcher, loops);

    private EventLoop First => _loops[0];

    /// <summary>Starts a model: so many loops, each with a demultiplexer of its own.</summary>
    internal static IDatagramReceiver Start(
        DatagramDispatcher dispatcher, IReadOnlyList<DatagramSocket> sockets, string name, int loops, Func<IDemultiplexer> demultiplexer)
    {
        EventLoop[] made = [.. Enumerable.Range(1, loops).Select(i => new EventLoop(demultiplexer(), $"{name} datagrams {i}"))];
        var receiver = new ReactorDatagramReceiver(dispatcher, made);
        DescriptorWatch[] watches = [.. sockets.Select(socket => WatchOn(made[0], socket))];
        foreach (var loop in made) loop.Start();
        for (var i = 0; i < dispatcher.Workers; i++) receiver.Settle(made[i % loops]);
        receiver._receiving.AddRange(sockets.Zip(watches, receiver.ReceiveAsync));
        return receiver;
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(Task.WhenAll(_receiving), Task.Delay(StopGrace));
        foreach (var loop in _loops) loop.EndWhenEmpty();
    }

    /// <inheritdoc/>
    public Task JoinAsync() => Task.WhenAll(_loops.Select(loop => loop.Ended));

    /// <summary>
    /// As <see cref="SocketListener.WatchOn"/>: closing the runtime's Socket waits until nobody holds its handle, and a loop that somebody blocks
    /// would not let it go.
    /// </summary>
    /// <exception cref="ConnectionException">No descriptors are left, or the loop's demultiplexer cannot watch it.</exception>
    private static DescriptorWatch WatchOn(EventLoop loop, DatagramSocket socket)
    {
        var descriptor = NativeSocket.Duplicate(socket.Handle);
        if (descriptor < 0) throw ConnectionErrors.FromErrno(-descriptor, $"Receiving on {socket.LocalEndPoint}");
        var handle = new DescriptorHandle(descriptor);
        ReactorAcceptor.ThrowIfTooHigh(loop, descriptor);
        return new DescriptorWatch(loop, handle, ownsDescriptor: true);
    }

    private void Settle(EventLoop loop)
    {
        loop.MoveIn();
        _ = WorkAsync(loop);
    }

    private async Task WorkAsync(EventLoop loop)
    {
        await loop.EnterAsync();
        await _dispatcher.WorkAsync(); // never throws
        loop.MoveOut();
    }

    private async Task ReceiveAsync(DatagramSocket socket, DescriptorWatch watch)
    {
        await First.EnterAsync();
        var buffer = _dispatcher.NewBuffer();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await NextAsync(socket, watch, buffer);
            }
            catch (Exception e)
            {
                // The wait itself failed (ENOSPC or ENOMEM of epoll_ctl(2), say): nobody else receives here.
                Log.ReceiveFails(_dispatcher.Logger, socket.LocalEndPoint, (e as ConnectionException)?.Error ?? ConnectionError.Failed);
                await PauseAsync();
            }
        }

        watch.Close();
    }

    [AsyncMethodBuilder(typeof(InlineMethodBuilder))]
    private async ValueTask NextAsync(DatagramSocket socket, DescriptorWatch watch, ReceiveBuffer buffer)
    {
        switch (_dispatcher.ReceiveFrom(socket, buffer))
        {
            case ReceiveOutcome.Drained:
                await watch.Reading.WaitAsync(heedsDeadline: false, _stop.Token);
                break;
            case ReceiveOutcome.More:
                await Task.Yield(); // at an edge the kernel would not tell again
                break;
            case ReceiveOutcome.Failed:
                await PauseAsync();
                break;
        }
    }

    private async Task PauseAsync() => await Task.Delay(DatagramDispatcher.FailurePause, _stop.Token).ConfigureAwait(
        ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
}
