using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>A server as a whole program.</summary>
public sealed partial class StreamServer
{
    /// <summary>
    /// Starts unless started, serves until <paramref name="cancellation"/> or SIGTERM or SIGINT, drains for up to <paramref name="drain"/>, and returns. A second signal
    /// aborts what is still served. In a worker process it serves and does not return.
    /// </summary>
    /// <param name="drain">How long connections may take to finish; null: 30 seconds.</param>
    /// <param name="cancellation">Stops as a signal does.</param>
    /// <exception cref="ConnectionException">As <see cref="Start"/>.</exception>
    /// <exception cref="WorkerStartException">As <see cref="Start"/>.</exception>
    public async Task RunAsync(TimeSpan? drain = null, CancellationToken cancellation = default)
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true; // the runtime would end the process at once
            if (!first.TrySetResult()) second.TrySetResult();
        }

        if (_acceptor is null) Start();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var cancelled = cancellation.UnsafeRegister(static first => ((TaskCompletionSource)first!).TrySetResult(), first);
        await first.Task;
        var stopped = StopAsync(drain ?? TimeSpan.FromSeconds(30));
        if (await Task.WhenAny(stopped, second.Task) == second.Task) AbortAll();
        await stopped;
    }

    private void AbortAll()
    {
        _dispatcher.AbortAll();
        _acceptor?.Abort();
    }
}
