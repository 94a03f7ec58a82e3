using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>Datagrams under <c>async</c>: the runtime tells when there is something to receive; workers run on the thread pool.</summary>
internal sealed class AsyncDatagramReceiver : IDatagramReceiver
{
    private readonly DatagramDispatcher _dispatcher;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _receiving;
    private readonly Task _working;

    private AsyncDatagramReceiver(DatagramDispatcher dispatcher, IReadOnlyList<DatagramSocket> sockets)
    {
        _dispatcher = dispatcher;
        _working = Task.WhenAll(Enumerable.Range(0, dispatcher.Workers).Select(_ => Task.Run(() => dispatcher.WorkAsync().AsTask())));
        _receiving = Task.WhenAll(sockets.Select(socket => Task.Run(() => ReceiveAsync(socket))));
    }

    internal static IDatagramReceiver Start(DatagramDispatcher dispatcher, IReadOnlyList<DatagramSocket> sockets) =>
        new AsyncDatagramReceiver(dispatcher, sockets);

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _receiving;
    }

    /// <inheritdoc/>
    public Task JoinAsync() => _working;

    private async Task ReceiveAsync(DatagramSocket socket)
    {
        var buffer = _dispatcher.NewBuffer();
        var peeked = new byte[1];
        while (!_stop.IsCancellationRequested)
        {
            var isFine = true;
            try
            {
                // Looking at the first byte waits without taking the datagram, whose real length only our own call learns.
                await socket.Socket.ReceiveAsync(peeked, SocketFlags.Peek, _stop.Token);
                isFine = _dispatcher.ReceiveFrom(socket, buffer) != ReceiveOutcome.Failed;
            }
            catch (OperationCanceledException)
            {
                // Stopping.
            }
            catch (SocketException e)
            {
                // Our own receive meets it too, and tells it apart; unless the look has taken it, as udp(7) has it of what was sent earlier.
                _dispatcher.ReceiveFrom(socket, buffer);
                isFine = e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset;
            }

            if (!isFine) await Task.Delay(DatagramDispatcher.FailurePause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
