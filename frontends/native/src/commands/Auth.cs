using Argosy.Files;
using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>auth</c>: SCRAM (RFC 5802, RFC 7677) in two steps, or <c>ANONYMOUS</c> (RFC 4505) in one.</summary>
internal static class Auth
{
    /// <summary>The only answer to whatever is wrong with a name or a password.</summary>
    private const string Failed = SessionText.LoginFailed;

    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        if (session.IsOpen)
            throw new WireException(WireError.BadRequest, SessionText.LoggedIn);
        if (request.Mechanism == ScramMechanism.Anonymous)
        {
            await session.OpenAnonymousAsync(WireError.Unsupported);
            session.Send(new Reply { Id = request.Id, Path = session.Files.Folder.ToWire() });
            return;
        }

        if (request.Scram is null)
            throw new WireException(WireError.BadRequest, RequestText.Missing("scram"));
        try
        {
            await StepAsync(session, request, request.Scram);
        }
        catch (Exception e) when (e is WireException or FileException)
        {
            if (session.Login.IsOver)
                session.Leave("three logins failed");
            throw e is WireException { Error: WireError.LoginFailed } or FileException { Error: FileError.LoginFailed }
                ? new WireException(WireError.LoginFailed, Failed)
                : e;
        }
    }

    private static async ValueTask StepAsync(NativeSession session, Request request, string scram)
    {
        if (request.Mechanism is not null)
        {
            string challenge = session.Login.Begin(request.Mechanism, scram);
            session.Send(new Reply { Id = request.Id, Status = ReplyStatus.Continue, Scram = challenge });
            return;
        }

        (FileSession files, string proof) = await session.Login.FinishAsync(scram);
        session.Open(files, session.Login.Mechanism);
        session.Send(new Reply { Id = request.Id, Scram = proof, Path = files.Folder.ToWire() });
    }
}
