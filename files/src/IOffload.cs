namespace Argosy.Files;

/// <summary>
/// Runs work that may block where blocking does no harm. A front end lends its connection's; this room owns no
/// thread and no loop.
/// </summary>
public interface IOffload
{
    /// <summary>Runs <paramref name="work"/> and returns its result; what it throws is thrown here.</summary>
    ValueTask<TResult> RunAsync<TState, TResult>(Func<TState, TResult> work, TState state);
}

/// <summary>Runs everything at once on the calling thread: for tools, tests and blocking models.</summary>
public sealed class InlineOffload : IOffload
{
    /// <summary>The one instance.</summary>
    public static InlineOffload Instance { get; } = new();

    private InlineOffload()
    {
    }

    /// <inheritdoc/>
    public ValueTask<TResult> RunAsync<TState, TResult>(Func<TState, TResult> work, TState state) => new(work(state));
}
