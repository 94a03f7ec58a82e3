using System.Net;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>What the blocking models accept with: one thread at a time waits on all listeners and gets the next admitted connection.</summary>
internal sealed class BlockingAccept : IDisposable
{
    private readonly ConnectionDispatcher _dispatcher;
    private readonly IReadOnlyList<SocketListener> _listeners;
    private readonly Func<DescriptorHandle, SocketListener, EndPoint?, StreamConnection> _connect;
    private readonly SafeHandle[] _handles;
    private readonly PollEvents[] _ready;
    private readonly AcceptRecovery _recovery;
    private readonly ThreadWaiter _waiter = new();
    private readonly ManualResetEventSlim _stop = new();
    private int _next; // the listener whose turn it is: a busy one does not starve the others

    /// <param name="dispatcher">Admits the connections.</param>
    /// <param name="listeners">What to wait on.</param>
    /// <param name="connect">Makes the model's connection of a descriptor.</param>
    internal BlockingAccept(
        ConnectionDispatcher dispatcher, IReadOnlyList<SocketListener> listeners,
        Func<DescriptorHandle, SocketListener, EndPoint?, StreamConnection> connect)
    {
        (_dispatcher, _listeners, _connect) = (dispatcher, listeners, connect);
        _handles = [.. listeners.Select(listener => listener.Handle)];
        _ready = new PollEvents[listeners.Count];
        _recovery = new AcceptRecovery(dispatcher.Logger, dispatcher.Counters);
    }

    /// <summary>For models that serve on threads of this process.</summary>
    internal BlockingAccept(ConnectionDispatcher dispatcher, IReadOnlyList<SocketListener> listeners)
        : this(dispatcher, listeners, static (descriptor, listener, peer) => new BlockingConnection(descriptor, listener.Family, peer))
    {
    }

    /// <summary>Makes <see cref="Next"/> return null, now and ever after. Any thread.</summary>
    internal void Stop()
    {
        _stop.Set();
        _waiter.Wake();
    }

    /// <summary>Waits for the next connection that is admitted; null after <see cref="Stop"/>, or when no more are to be taken.</summary>
    internal ServedConnection? Next()
    {
        while (!_stop.IsSet && _dispatcher.TakesMore)
        {
            try
            {
                _dispatcher.Service?.RunIfDue();
                if (TakeReady() is { } listener)
                {
                    if (TryAccept(listener) is { } served) return served;
                }
                else
                {
                    _waiter.Poll(_handles, PollEvents.Read, _dispatcher.Service?.TimeLeft ?? Timeout.InfiniteTimeSpan, _ready);
                }
            }
            catch (Exception) when (!_stop.IsSet)
            {
                // Whatever it was, it was about one connection, and the others are still to be accepted.
                _stop.Wait(_recovery.OnFailure(_listeners[_next], ConnectionError.Failed));
            }
            catch (Exception)
            {
                // Stopped, and the listeners may be closed already.
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _waiter.Dispose();
        _recovery.Dispose();
    }

    private SocketListener? TakeReady()
    {
        for (var i = 0; i < _ready.Length; i++)
        {
            _next = (_next + 1) % _ready.Length;
            if (_ready[_next] != PollEvents.None) return _listeners[_next];
        }

        return null;
    }

    private ServedConnection? TryAccept(SocketListener listener)
    {
        var descriptor = listener.TryAccept(out var peer);
        if (descriptor >= 0)
        {
            _recovery.OnSuccess();
            return _dispatcher.Admit(_connect(new DescriptorHandle(descriptor), listener, peer));
        }

        _ready[_next] = PollEvents.None;
        if (descriptor != -Errno.EAGAIN) _stop.Wait(_recovery.OnFailure(listener, AcceptRecovery.Meaning(-descriptor)));
        return null;
    }
}
