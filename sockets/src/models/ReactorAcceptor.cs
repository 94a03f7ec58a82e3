using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Argosy.Sockets;

/// <summary>
/// The reactor models: loops that wait for many connections each. The first loop accepts and gives every connection to the loop that
/// has the fewest. (With EPOLLEXCLUSIVE each loop could accept for itself, but the kernel wakes the last waiter first, so that
/// long-lived connections pile up on one loop; SO_REUSEPORT does not exist for Unix sockets.)
/// </summary>
internal sealed class ReactorAcceptor : IAcceptor
{
    /// <summary>A loop that somebody blocks must not block the stop as well.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    private readonly ConnectionDispatcher _dispatcher;
    private readonly EventLoop[] _loops;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _accepting = [];
    private int _next;

    private ReactorAcceptor(ConnectionDispatcher dispatcher, EventLoop[] loops) => (_dispatcher, _loops) = (dispatcher, loops);

    private EventLoop First => _loops[0];

    /// <summary>Starts a model: so many loops, each with a demultiplexer of its own.</summary>
    internal static IAcceptor Start(
        ConnectionDispatcher dispatcher, IReadOnlyList<SocketListener> listeners, string name, int loops, Func<IDemultiplexer> demultiplexer)
    {
        var acceptor = new ReactorAcceptor(dispatcher, [.. Enumerable.Range(1, loops).Select(i => new EventLoop(demultiplexer(), $"{name} {i}"))]);
        DescriptorWatch[] watches = [.. listeners.Select(listener => listener.WatchOn(acceptor.First))];
        foreach (var watch in watches) ThrowIfTooHigh(acceptor.First, (int)watch.Descriptor.DangerousGetHandle());
        foreach (var loop in acceptor._loops) loop.Start();
        acceptor._accepting.AddRange(listeners.Zip(watches, acceptor.AcceptAsync));
        if (dispatcher.Service is { } service) new ServiceTimer(acceptor.First, service, acceptor._stop.Token).Begin();
        return acceptor;
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(Task.WhenAll(_accepting), Task.Delay(StopGrace));
        foreach (var loop in _loops) loop.EndWhenEmpty();
    }

    /// <inheritdoc/>
    public Task JoinAsync() => Task.WhenAll(_loops.Select(loop => loop.Ended));

    /// <summary>A connection on a loop, of a descriptor just accepted.</summary>
    /// <exception cref="ConnectionException">The loop's demultiplexer cannot watch it.</exception>
    internal static ReactorConnection Connect(EventLoop loop, int descriptor, AddressFamily family, EndPoint? peer)
    {
        var socket = new DescriptorHandle(descriptor);
        try
        {
            ThrowIfTooHigh(loop, descriptor);
            return new ReactorConnection(new DescriptorWatch(loop, socket), socket, family, peer);
        }
        catch
        {
            NativeSocket.ResetOnClose(socket);
            socket.Dispose();
            throw;
        }
    }

    /// <exception cref="ConnectionException">The loop's demultiplexer cannot watch a descriptor of that number.</exception>
    internal static void ThrowIfTooHigh(EventLoop loop, int descriptor)
    {
        if (loop.Demultiplexer.CanWatch(descriptor)) return;
        throw new ConnectionException(ConnectionError.OutOfResources, SelectDemultiplexer.TooHigh(descriptor));
    }

    private async Task AcceptAsync(SocketListener listener, DescriptorWatch watch)
    {
        await First.EnterAsync();
        using var recovery = new AcceptRecovery(_dispatcher.Logger, _dispatcher.Counters);
        while (!_stop.IsCancellationRequested && _dispatcher.TakesMore)
        {
            try
            {
                if (!First.TrySpend()) await Task.Yield();
                if (await NextAsync(listener, watch, recovery) is { } pause) await PauseAsync(pause);
            }
            catch (Exception e)
            {
                // The wait itself failed (ENOSPC or ENOMEM of epoll_ctl(2), say). There will be room again, and nobody else accepts here.
                await PauseAsync(recovery.OnFailure(listener, (e as ConnectionException)?.Error ?? ConnectionError.Failed));
            }
        }

        watch.Close();
    }

    /// <summary>Accepts one, or waits until there is one. How long to pause after a failure; null after none.</summary>
    [AsyncMethodBuilder(typeof(InlineMethodBuilder<>))]
    private async ValueTask<TimeSpan?> NextAsync(SocketListener listener, DescriptorWatch watch, AcceptRecovery recovery)
    {
        var descriptor = listener.TryAccept(out var peer);
        if (descriptor == -Errno.EAGAIN)
        {
            await watch.Reading.WaitAsync(heedsDeadline: false, _stop.Token);
            return null;
        }

        if (descriptor < 0) return recovery.OnFailure(listener, AcceptRecovery.Meaning(-descriptor));
        if (!TryDispatch(descriptor, listener.Family, peer)) return recovery.OnFailure(listener, ConnectionError.Failed);
        recovery.OnSuccess();
        return null;
    }

    private bool TryDispatch(int descriptor, AddressFamily family, EndPoint? peer)
    {
        var loop = Quietest();
        try
        {
            if (_dispatcher.Admit(Connect(loop, descriptor, family, peer)) is not { } served) return true;
            loop.MoveIn();
            loop.Post(static state => Serve((Tenant)state!), new Tenant(served, loop));
            return true;
        }
        catch (ConnectionException e)
        {
            _dispatcher.TurnAway(peer, RefusalReason.NoDescriptors, e.Message);
            return true;
        }
        catch (Exception)
        {
            return false; // it was about one connection, and the others are still to be accepted
        }
    }

    /// <summary>The loop with the fewest connections; where several have as few, each in its turn.</summary>
    private EventLoop Quietest()
    {
        var best = _loops[_next = (_next + 1) % _loops.Length];
        foreach (var loop in _loops)
        {
            if (loop.Tenants < best.Tenants) best = loop;
        }

        return best;
    }

    private static async void Serve(Tenant tenant)
    {
        await tenant.Served.ServeAsync(new ReactorContext(tenant.Served, tenant.Loop)); // never throws
        tenant.Loop.MoveOut();
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private sealed record Tenant(ServedConnection Served, EventLoop Loop);
}
