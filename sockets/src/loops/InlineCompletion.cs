using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace Argosy.Sockets;

/// <summary>
/// What a reusable <see cref="IValueTaskSource"/> is made of. Unlike the runtime's ManualResetValueTaskSourceCore, which posts to a
/// captured context even when it is already there, this one continues inline where the context is the present one, as tasks do:
/// a handler awaiting its connection is resumed by its loop without a detour through the loop's queue.
/// </summary>
internal struct InlineCompletion<TResult>
{
    private static readonly object AnyPoolThread = new();
    private static readonly Action<object?> AlreadyDone = static _ => throw new InvalidOperationException("This is a mark, not a continuation.");

    private Action<object?>? _continuation;
    private object? _state;
    private object? _where; // null: wherever it completes; otherwise a context, a scheduler, or AnyPoolThread
    private ExceptionDispatchInfo? _error;
    private TResult? _result;
    private bool _isDone;

    /// <summary>Tells one use from the next.</summary>
    internal short Version { get; private set; }

    /// <summary>Makes it ready for the next use. Whoever held the last version may not ask again.</summary>
    internal void Reset()
    {
        Version++;
        (_continuation, _state, _where, _error, _result, _isDone) = (null, null, null, null, default, false);
    }

    internal void SetResult(TResult result)
    {
        _result = result;
        Signal();
    }

    internal void SetException(Exception error)
    {
        _error = ExceptionDispatchInfo.Capture(error);
        Signal();
    }

    /// <summary>
    /// Done only when whoever completes it has let go: between its result and its mark it is still in use, and who saw the result already
    /// would reset it, so that the mark of one use became the continuation of the next.
    /// </summary>
    internal ValueTaskSourceStatus GetStatus(short token)
    {
        Check(token);
        return Volatile.Read(ref _continuation) is null || !Volatile.Read(ref _isDone) ? ValueTaskSourceStatus.Pending
            : _error is null ? ValueTaskSourceStatus.Succeeded
            : _error.SourceException is OperationCanceledException ? ValueTaskSourceStatus.Canceled
            : ValueTaskSourceStatus.Faulted;
    }

    internal readonly TResult GetResult(short token)
    {
        Check(token);
        if (!_isDone) throw new InvalidOperationException("The operation has not completed: await it, once.");
        _error?.Throw();
        return _result!;
    }

    /// <param name="continuation">What to run.</param>
    /// <param name="state">Its argument.</param>
    /// <param name="token">The version it belongs to.</param>
    /// <param name="flags">Whether it returns to the present context.</param>
    /// <param name="inline">False where code without a context must not run on the thread that completes this.</param>
    internal void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags, bool inline = true)
    {
        Check(token);
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0) continuation = Flowing(continuation);
        _state = state;
        _where = ((flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0 ? Present() : null) ?? (inline ? null : AnyPoolThread);
        if (Interlocked.CompareExchange(ref _continuation, continuation, null) is null) return;

        // Completed on another thread since the caller looked. Not inline: the caller is still on the stack.
        Schedule(continuation, state, _where ?? AnyPoolThread);
    }

    private void Signal()
    {
        Volatile.Write(ref _isDone, true);
        var continuation = Volatile.Read(ref _continuation) ?? Interlocked.CompareExchange(ref _continuation, AlreadyDone, null);
        if (continuation is null) return; // nobody waits yet
        var (state, where) = (_state, _where);
        if (where is null || ReferenceEquals(where, SynchronizationContext.Current)) continuation(state);
        else Schedule(continuation, state, where);
    }

    private static Action<object?> Flowing(Action<object?> continuation) =>
        ExecutionContext.Capture() is { } flow
            ? state => ExecutionContext.Run(flow, new ContextCallback(continuation), state)
            : continuation;

    private static object? Present()
    {
        if (SynchronizationContext.Current is { } context && context.GetType() != typeof(SynchronizationContext)) return context;
        return TaskScheduler.Current != TaskScheduler.Default ? TaskScheduler.Current : null;
    }

    private static void Schedule(Action<object?> continuation, object? state, object where)
    {
        if (where is SynchronizationContext context)
            context.Post(new SendOrPostCallback(continuation), state);
        else if (where is TaskScheduler scheduler)
            Task.Factory.StartNew(continuation, state, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
        else
            ThreadPool.UnsafeQueueUserWorkItem(continuation, state, preferLocal: true);
    }

    private readonly void Check(short token)
    {
        if (token != Version) throw new InvalidOperationException("This result was taken already: a ValueTask is awaited once.");
    }
}

/// <summary>The result of an operation that has none.</summary>
internal readonly struct Nothing;
