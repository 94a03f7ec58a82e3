using Argosy.Files;
using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>cp</c>: copies a file within the home; <c>overwrite</c> false refuses a name that exists.</summary>
internal static class Cp
{
    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        FileEntry entry = await session.Files.CopyAsync(
            session.Files.Resolve(request.Path), session.Files.Resolve(request.To), request.Overwrite);
        session.Send(Entries.Reply(request.Id, entry));
    }
}
