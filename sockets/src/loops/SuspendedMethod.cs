using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Argosy.Sockets;

/// <summary>The heap's side of a suspended method: what its caller awaits.</summary>
internal abstract class SuspendedMethod<TResult> : IValueTaskSource<TResult>, IValueTaskSource
{
    private InlineCompletion<TResult> _completion;

    internal short Version => _completion.Version;

    internal void Complete(TResult result) => _completion.SetResult(result);

    internal void Fail(Exception error) => _completion.SetException(error);

    public ValueTaskSourceStatus GetStatus(short token) => _completion.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags);

    public TResult GetResult(short token)
    {
        try
        {
            return _completion.GetResult(token);
        }
        finally
        {
            if (token == _completion.Version)
            {
                _completion.Reset();
                Return();
            }
        }
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    /// <summary>Makes it available to the next method that suspends.</summary>
    protected abstract void Return();
}

/// <summary>One of a certain method. Each thread keeps one for the next call, which under a loop is nearly always enough.</summary>
internal sealed class SuspendedMethod<TMachine, TResult> : SuspendedMethod<TResult>
    where TMachine : IAsyncStateMachine
{
    [ThreadStatic]
    private static SuspendedMethod<TMachine, TResult>? _kept;

    private SuspendedMethod() => Continue = () => Machine!.MoveNext();

    internal TMachine? Machine;

    /// <summary>Runs the method on from where it was suspended.</summary>
    internal Action Continue { get; }

    internal static SuspendedMethod<TMachine, TResult> Rent()
    {
        var kept = _kept ?? new SuspendedMethod<TMachine, TResult>();
        _kept = null;
        return kept;
    }

    protected override void Return()
    {
        Machine = default; // holds buffers and connections
        _kept ??= this;
    }
}
