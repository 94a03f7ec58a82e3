using System.Runtime.CompilerServices;

namespace Argosy.Sockets;

/// <summary>
/// Builds async methods whose state machines are reused when they suspend, and which resume their caller inline (see
/// <see cref="InlineCompletion{TResult}"/>). They do not carry the execution context: they are for methods that call no user code.
/// </summary>
internal struct InlineMethodBuilder<TResult>
{
    private SuspendedMethod<TResult>? _suspended;
    private TResult? _result;
    private Exception? _error;

    public static InlineMethodBuilder<TResult> Create() => default;

    public readonly ValueTask<TResult> Task =>
        _suspended is not null ? new ValueTask<TResult>(_suspended, _suspended.Version)
        : _error is null ? new ValueTask<TResult>(_result!)
        : ValueTask.FromException<TResult>(_error);

    internal readonly ValueTask PlainTask =>
        _suspended is not null ? new ValueTask(_suspended, _suspended.Version)
        : _error is null ? default
        : ValueTask.FromException(_error);

    public readonly void Start<TMachine>(ref TMachine machine)
        where TMachine : IAsyncStateMachine => default(AsyncValueTaskMethodBuilder).Start(ref machine);

    public readonly void SetStateMachine(IAsyncStateMachine machine)
    {
    }

    public void SetResult(TResult result)
    {
        if (_suspended is null) _result = result;
        else _suspended.Complete(result);
    }

    public void SetException(Exception error)
    {
        if (_suspended is null) _error = error;
        else _suspended.Fail(error);
    }

    public void AwaitOnCompleted<TAwaiter, TMachine>(ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : INotifyCompletion
        where TMachine : IAsyncStateMachine => awaiter.OnCompleted(Suspend(ref machine));

    public void AwaitUnsafeOnCompleted<TAwaiter, TMachine>(ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : ICriticalNotifyCompletion
        where TMachine : IAsyncStateMachine => awaiter.UnsafeOnCompleted(Suspend(ref machine));

    private Action Suspend<TMachine>(ref TMachine machine)
        where TMachine : IAsyncStateMachine
    {
        if (_suspended is SuspendedMethod<TMachine, TResult> again) return again.Continue;
        var suspended = SuspendedMethod<TMachine, TResult>.Rent();
        _suspended = suspended; // before the copy: the machine contains this builder
        suspended.Machine = machine;
        return suspended.Continue;
    }
}

/// <inheritdoc cref="InlineMethodBuilder{TResult}"/>
internal struct InlineMethodBuilder
{
    private InlineMethodBuilder<Nothing> _builder;

    public static InlineMethodBuilder Create() => default;

    public readonly ValueTask Task => _builder.PlainTask;

    public readonly void Start<TMachine>(ref TMachine machine)
        where TMachine : IAsyncStateMachine => _builder.Start(ref machine);

    public readonly void SetStateMachine(IAsyncStateMachine machine)
    {
    }

    public void SetResult() => _builder.SetResult(default);

    public void SetException(Exception error) => _builder.SetException(error);

    public void AwaitOnCompleted<TAwaiter, TMachine>(ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : INotifyCompletion
        where TMachine : IAsyncStateMachine => _builder.AwaitOnCompleted(ref awaiter, ref machine);

    public void AwaitUnsafeOnCompleted<TAwaiter, TMachine>(ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : ICriticalNotifyCompletion
        where TMachine : IAsyncStateMachine => _builder.AwaitUnsafeOnCompleted(ref awaiter, ref machine);
}
