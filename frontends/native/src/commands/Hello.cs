using Argosy.Files;
using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>hello</c>: who speaks which version, and how to log in here. Optional, and first where it is said.</summary>
internal static class Hello
{
    private const int Version = 1;

    public static ValueTask RunAsync(NativeSession session, Request request)
    {
        if (request.Version is not (null or Version))
            throw new WireException(WireError.Unsupported, RequestText.OtherVersion(Version));
        session.Send(new Reply
        {
            Id = request.Id,
            Version = Version,
            Server = session.Options.Server,
            Mechanisms = session.Login.Mechanisms,
            Features = ["pack", "fetch"],
            Anonymous = Word(session.Login.Anonymous),
        });
        return ValueTask.CompletedTask;
    }

    private static string? Word(AnonymousAccess access) => access switch
    {
        AnonymousAccess.ReadOnly => "ro",
        AnonymousAccess.ReadWrite => "rw",
        AnonymousAccess.Drop => "drop",
        _ => null,
    };
}
