using Argosy.Files;
using Argosy.Sockets;

namespace Argosy.Native;

/// <summary>Lends a connection's place for blocking work to its file session.</summary>
internal sealed class ContextOffload(HandlerContext context) : IOffload
{
    public ValueTask<TResult> RunAsync<TState, TResult>(Func<TState, TResult> work, TState state) => context.OffloadAsync(work, state);
}
