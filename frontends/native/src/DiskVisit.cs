using System.Threading.Tasks.Sources;
using Argosy.Files;
using Argosy.Sockets;

namespace Argosy.Native;

/// <summary>
/// A session's way to the disk. Each thing it does with files may block and goes to a disk thread and back; a burst of small requests
/// makes that way once (<see cref="MakeAsync"/>). Whoever needs the connection meanwhile returns to the model's thread first (<see cref="LeaveAsync"/>).
/// </summary>
internal sealed class DiskVisit(HandlerContext context) : IOffload, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _return; // continues inline: whoever ends the visit is where it wants to be
    private bool _isOn;
    private bool _isAwaited;

    /// <inheritdoc/>
    public ValueTask<TResult> RunAsync<TState, TResult>(Func<TState, TResult> work, TState state) =>
        _isOn ? new(work(state)) : context.OffloadAsync(work, state);

    /// <summary>Begins something at the disk, and returns when it is complete, there or after it has left.</summary>
    public async ValueTask MakeAsync<TState>(Func<TState, ValueTask> begin, TState state)
    {
        ValueTask begun;
        try
        {
            begun = await context.OffloadAsync(
                static work =>
                {
                    work.visit._isOn = true;
                    return work.begin(work.state);
                },
                (visit: this, begin, state));
        }
        finally
        {
            _isOn = false;
        }

        if (_isAwaited)
        {
            _isAwaited = false;
            _return.SetResult(true);
        }

        await begun;
    }

    /// <summary>Waits for the end of the visit, where there is one.</summary>
    public ValueTask LeaveAsync()
    {
        if (!_isOn)
            return ValueTask.CompletedTask;
        _return.Reset();
        _isAwaited = true;
        return new ValueTask(this, _return.Version);
    }

    void IValueTaskSource.GetResult(short token) => _return.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _return.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _return.OnCompleted(continuation, state, token, flags);
}
