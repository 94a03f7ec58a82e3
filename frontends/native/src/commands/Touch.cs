using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>touch</c>: sets a modification time; without <c>mtime</c> the server's now.</summary>
internal static class Touch
{
    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        DateTime modified = request.MTime is { } time ? Entries.FromMicroseconds(time) : DateTime.UtcNow;
        await session.Files.TouchAsync(session.Files.Resolve(request.Path), modified);
        session.Send(new Reply { Id = request.Id });
    }
}
