using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>
/// The signals that a server heeds: the first SIGTERM or SIGINT asks it to stop, a second one to stop at once, and SIGHUP to read its
/// settings again. While it lives none of them ends the process by itself; SIGHUP only where a reload is given.
/// </summary>
/// <remarks>
/// The same signal again within half a second counts as the same request: timeout(1) sends its signal to the process and to the process's group, a
/// terminal and a supervisor may both pass one on, and none of them means "at once". The other of the two signals counts at any time.
/// </remarks>
public sealed class ServerSignals : IDisposable
{
    /// <summary>Faster than somebody who has seen that a server drains would ask again.</summary>
    private static readonly TimeSpan OneRequest = TimeSpan.FromSeconds(0.5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action? _reload;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private PosixSignal? _counted;
    private long _countedAt;
    private string _last = "";
    private int _reloadsAsked;

    /// <summary>Begins to listen for signals.</summary>
    /// <param name="reload">What SIGHUP does, on a thread of the pool. It never overlaps itself; signals that come meanwhile make it run once more.
    /// What it throws is logged. Null: SIGHUP keeps its meaning, which is to end the process.</param>
    /// <param name="logger">Told of reloads.</param>
    public ServerSignals(Action? reload = null, ILogger? logger = null)
        : this(reload, logger, TimeProvider.System)
    {
    }

    internal ServerSignals(Action? reload, ILogger? logger, TimeProvider clock)
    {
        (_reload, _logger, _clock) = (reload, GuardedLogger.Of(logger), clock);
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT])
            _registrations.Add(PosixSignalRegistration.Create(signal, OnStop));
        if (reload is not null) _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnReload));
    }

    /// <summary>Fires with the first SIGTERM or SIGINT: drain.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Fires with the second: abort.</summary>
    public CancellationToken Aborting => _aborting.Token;

    /// <summary>The name of the last signal that asked to stop.</summary>
    internal string Last => Volatile.Read(ref _last);

    /// <summary>Gives the signals their usual meaning back.</summary>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    private void OnStop(PosixSignalContext context)
    {
        context.Cancel = true;
        Ask(context.Signal);
    }

    /// <summary>Somebody asks to stop, or to stop at once. Any thread.</summary>
    internal void Ask(PosixSignal signal)
    {
        bool isFirst;
        lock (_lock)
        {
            if (_counted == signal && _clock.GetElapsedTime(_countedAt) < OneRequest) return;
            isFirst = _counted is null;
            (_counted, _countedAt) = (signal, _clock.GetTimestamp());
            Volatile.Write(ref _last, signal.ToString());
        }

        _ = (isFirst ? _stopping : _aborting).CancelAsync(); // what is registered may throw, and this is the runtime's thread for signals
    }

    private void OnReload(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _reloadsAsked) == 1) ThreadPool.QueueUserWorkItem(static signals => signals.Reload(), this, preferLocal: false);
    }

    private void Reload()
    {
        int asked;
        do
        {
            asked = Volatile.Read(ref _reloadsAsked);
            try
            {
                _reload!();
                Log.Reloaded(_logger);
            }
            catch (Exception e)
            {
                Log.ReloadFailed(_logger, e);
            }
        }
        while (Interlocked.Add(ref _reloadsAsked, -asked) > 0);
    }
}
