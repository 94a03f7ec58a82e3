using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>mv</c>: renames or moves; <c>overwrite</c> false refuses a name that exists.</summary>
internal static class Mv
{
    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        await session.Files.RenameAsync(session.Files.Resolve(request.Path), session.Files.Resolve(request.To), request.Overwrite);
        session.Send(new Reply { Id = request.Id });
    }
}
