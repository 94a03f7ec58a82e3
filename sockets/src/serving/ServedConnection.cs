namespace Argosy.Sockets;

/// <summary>
/// One admitted connection and all that its handler opens: what one abort ends and one finish closes. It locks itself, which nobody
/// else can see: there is one of it for each connection, so every object less counts.
/// </summary>
internal sealed class ServedConnection
{
    private readonly ConnectionDispatcher _dispatcher;
    private HashSet<StreamConnection>? _others; // beside the accepted one: most handlers open none, and ten thousand idle ones must not pay
    private HashSet<SocketListener>? _listeners;
    private bool _isOpen = true; // the accepted one, and what hangs on it
    private bool _isOver;
    private bool _hasFailed;
    private CancellationTokenSource? _aborting; // made for those who open something: what is not there yet cannot be aborted itself
    private bool _isAborted;

    internal ServedConnection(ConnectionDispatcher dispatcher, StreamConnection connection, bool isOverloaded)
    {
        (_dispatcher, Connection, IsOverloaded) = (dispatcher, connection, isOverloaded);
        connection.Ended = Forget;
    }

    internal ConnectionDispatcher Dispatcher => _dispatcher;

    internal StreamConnection Connection { get; }

    internal bool IsOverloaded { get; }

    /// <summary>Fires with <see cref="Abort"/>.</summary>
    internal CancellationToken Aborting
    {
        get
        {
            lock (this)
            {
                if (_isAborted) return new CancellationToken(canceled: true);
                return (_aborting ??= new CancellationTokenSource()).Token;
            }
        }
    }

    /// <summary>Runs the handler to its end, wherever the model calls this. Never throws.</summary>
    internal ValueTask ServeAsync(HandlerContext context) => _dispatcher.ServeAsync(this, context);

    /// <summary>Makes a connection that the handler opened end with this one, at the latest.</summary>
    internal StreamConnection Keep(StreamConnection connection)
    {
        connection.Ended = Forget;
        bool isOver;
        lock (this)
        {
            isOver = _isOver;
            if (!isOver) (_others ??= []).Add(connection);
        }

        if (isOver) connection.Abort();
        return connection;
    }

    /// <summary>Makes a listener that the handler opened close with this connection, at the latest.</summary>
    internal SocketListener Keep(SocketListener listener)
    {
        listener.Ended = Forget;
        bool isOver;
        lock (this)
        {
            isOver = _isOver;
            if (!isOver) (_listeners ??= []).Add(listener);
        }

        if (isOver) listener.Close();
        return listener;
    }

    /// <summary>True the first time: setup, handling, finish and close can all fail, and it is still one connection.</summary>
    internal bool TryFail()
    {
        lock (this) return !_hasFailed && (_hasFailed = true);
    }

    /// <summary>Ends everything at once. Any thread.</summary>
    internal void Abort()
    {
        CancellationTokenSource? aborting;
        lock (this) (_isAborted, aborting) = (true, _aborting);
        aborting?.Cancel();
        foreach (var listener in TakeListeners()) listener.Close();
        foreach (var connection in Connections()) connection.Abort();
    }

    /// <summary>Closes whatever the handler has left open, in good order, and frees the TLS layers of what was aborted.</summary>
    internal async ValueTask CloseAsync()
    {
        foreach (var listener in TakeListeners()) listener.Close();
        foreach (var connection in Connections()) await (connection.Layer ?? connection).DisposeAsync();
    }

    private SocketListener[] TakeListeners()
    {
        lock (this)
        {
            _isOver = true;
            SocketListener[] all = [.. _listeners ?? []];
            _listeners = null;
            return all;
        }
    }

    private StreamConnection[] Connections()
    {
        lock (this) return [.. _isOpen ? (ReadOnlySpan<StreamConnection>)[Connection] : [], .. _others ?? []];
    }

    private void Forget(StreamConnection connection)
    {
        if (connection.Layer is not null) return; // aborted from elsewhere: only the handler's side may free the layer
        lock (this)
        {
            if (connection == Connection) _isOpen = false;
            else _others?.Remove(connection);
        }
    }

    private void Forget(SocketListener listener)
    {
        lock (this) _listeners?.Remove(listener);
    }
}
