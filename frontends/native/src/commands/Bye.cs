using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>bye</c>: an answer, then the server closes.</summary>
internal static class Bye
{
    public static ValueTask RunAsync(NativeSession session, Request request)
    {
        session.Send(new Reply { Id = request.Id });
        session.Leave("bye");
        return ValueTask.CompletedTask;
    }
}
