using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>ping</c>: an answer, and nothing else; it also counts as a request against the idle limit.</summary>
internal static class Ping
{
    public static ValueTask RunAsync(NativeSession session, Request request)
    {
        session.Send(new Reply { Id = request.Id });
        return ValueTask.CompletedTask;
    }
}
