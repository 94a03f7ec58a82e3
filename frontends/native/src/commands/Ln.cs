using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>ln</c>: makes a symbolic link within the home.</summary>
internal static class Ln
{
    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        if (request.Target is null)
            throw new WireException(WireError.BadRequest, RequestText.Missing("target"));
        await session.Files.MakeLinkAsync(session.Files.Resolve(request.Path), request.Target);
        session.Send(new Reply { Id = request.Id });
    }
}
