using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>Datagrams under <c>threads</c>: one thread receives, and each worker is a thread.</summary>
internal sealed class ThreadsDatagramReceiver : IDatagramReceiver
{
    private readonly DatagramDispatcher _dispatcher;
    private readonly IReadOnlyList<DatagramSocket> _sockets;
    private readonly ThreadWaiter _waiter = new();
    private readonly ManualResetEventSlim _stop = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread[] _workers;

    private ThreadsDatagramReceiver(DatagramDispatcher dispatcher, IReadOnlyList<DatagramSocket> sockets)
    {
        (_dispatcher, _sockets) = (dispatcher, sockets);
        _workers = [.. Enumerable.Range(0, dispatcher.Workers).Select(_ => new Thread(Work) { IsBackground = true, Name = "datagram worker" })];
    }

    internal static IDatagramReceiver Start(DatagramDispatcher dispatcher, IReadOnlyList<DatagramSocket> sockets)
    {
        var receiver = new ThreadsDatagramReceiver(dispatcher, sockets);
        foreach (var worker in receiver._workers) worker.Start();
        new Thread(receiver.Receive) { IsBackground = true, Name = "datagram receiver" }.Start();
        return receiver;
    }

    /// <inheritdoc/>
    public Task StopAsync()
    {
        _stop.Set();
        _waiter.Wake();
        return _stopped.Task;
    }

    /// <inheritdoc/>
    public Task JoinAsync() => Task.Run(() =>
    {
        foreach (var worker in _workers) worker.Join();
    });

    private void Receive()
    {
        SafeHandle[] handles = [.. _sockets.Select(socket => socket.Handle)];
        var ready = new PollEvents[handles.Length];
        var buffer = _dispatcher.NewBuffer();
        while (!_stop.IsSet)
        {
            if (!_waiter.Poll(handles, PollEvents.Read, Timeout.InfiniteTimeSpan, ready)) continue;
            for (var i = 0; i < ready.Length; i++)
            {
                if (ready[i] == PollEvents.None) continue;
                if (_dispatcher.ReceiveFrom(_sockets[i], buffer) is var pause && pause > TimeSpan.Zero) _stop.Wait(pause);
            }
        }

        _waiter.Dispose();
        _stopped.SetResult();
    }

    private void Work()
    {
        ThreadPump.Run(static dispatcher => dispatcher.WorkAsync(), _dispatcher);
        ThreadWaiter.DisposeCurrent();
    }
}
