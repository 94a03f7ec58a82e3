namespace Argosy.Sockets.Tests;

/// <summary>poll(2) for a loop that finds no room for the first descriptors which it is to watch, as epoll_ctl(2) may (ENOSPC, ENOMEM).</summary>
internal sealed class FlakyDemultiplexer(int failures) : IDemultiplexer
{
    private readonly PollDemultiplexer _inner = new();
    private int _adds;

    public bool IsEdgeTriggered => false;

    public bool CanWatch(int descriptor) => true;

    public void Add(int descriptor, PollEvents events, ulong tag)
    {
        if (_adds++ is > 0 and var number && number <= failures) // the first is the loop's own
            throw new ConnectionException(ConnectionError.OutOfResources, "no room, says the test");
        _inner.Add(descriptor, events, tag);
    }

    public void Change(int descriptor, PollEvents events, ulong tag) => _inner.Change(descriptor, events, tag);

    public void Remove(int descriptor) => _inner.Remove(descriptor);

    public ReadOnlySpan<Readiness> Wait(int milliseconds) => _inner.Wait(milliseconds);

    public void Dispose() => _inner.Dispose();
}
