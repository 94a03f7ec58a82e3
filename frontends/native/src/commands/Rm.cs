using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>rm</c>: removes a file or a link.</summary>
internal static class Rm
{
    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        await session.Files.RemoveAsync(session.Files.Resolve(request.Path));
        session.Send(new Reply { Id = request.Id });
    }
}
