using System.Collections.Frozen;
using Argosy.Wire;

namespace Argosy.Client;

/// <summary>
/// The words for each refusal, made here from its name and from what was asked, so that one fact has one form whatever the server says. A server's own
/// words stand only where the name tells too little.
/// </summary>
internal static class RefusalText
{
    // Facts about the server, the login or the account, whatever was asked.
    private static readonly FrozenDictionary<WireError, string> OfSession = new Dictionary<WireError, string>
    {
        [WireError.TlsRequired] = "The server takes no connections without TLS. Use argosy:// instead of argosy+plain://.",
        [WireError.LoginRequired] = "This needs a login. Say who you are: argosy://NAME@host/",
        [WireError.LoginFailed] = "Unknown name or wrong password.",
        [WireError.TooManySessions] = "This account has as many sessions as it may have. Close another one, or try again later.",
        [WireError.Banned] = "Too many logins from this address have failed: the server refuses it for a while. Try again later, or ask its operator.",
        [WireError.Busy] = "Too many connections. Try again later.",
        [WireError.Stopping] = "The server is going down. Try again later.",
        [WireError.SessionEnded] = "The account was changed, disabled or removed. Log in again.",
    }.ToFrozenDictionary();

    // Facts about a place.
    private static readonly FrozenDictionary<WireError, string> OfPlace = new Dictionary<WireError, string>
    {
        [WireError.Exists] = "already exists",
        [WireError.NotAFolder] = "not a folder on the server",
        [WireError.IsAFolder] = "is a folder on the server",
        [WireError.NotEmpty] = "not empty; rm -r removes it with all that is in it",
        [WireError.NotAFile] = "a device, a pipe or a socket: those are listed, never opened",
        [WireError.OverQuota] = "over the account's quota; remove something, or ask the server's operator for more room",
        [WireError.NoSpace] = "the server's disk is full. Try again later, or tell its operator.",
        [WireError.InUse] = "another session is working on it. Wait until that has ended.",
    }.ToFrozenDictionary();

    // What somebody does who sends a command.
    private static readonly FrozenDictionary<string, string> Deeds = new Dictionary<string, string>
    {
        ["ls"] = "list it",
        ["stat"] = "look at it",
        ["get"] = "read it",
        ["hash"] = "read it",
        ["blocks"] = "read it",
        ["put"] = "write there",
        ["mkdir"] = "make folders there",
        ["rm"] = "remove it",
        ["rmdir"] = "remove it",
        ["mv"] = "move it there",
        ["cp"] = "copy it there",
        ["ln"] = "make links there",
        ["touch"] = "change it",
    }.ToFrozenDictionary();

    // What makes something in a folder, which has to exist.
    private static readonly FrozenSet<string> Making = FrozenSet.ToFrozenSet(["put", "mkdir", "ln"]);
    private static readonly FrozenSet<string> Changing = FrozenSet.ToFrozenSet(["rm", "rmdir", "mv"]);

    /// <summary>That the server refuses this address, where it could not say so itself.</summary>
    public static string Banned => OfSession[WireError.Banned];

    public static string NotFound(RemotePath path) => $"{path}: not found on the server";

    /// <summary>What was asked for that is not permitted; null for other refusals.</summary>
    public static string? Deed(WireError? error, Request? asked) => error == WireError.NotPermitted && Impossible(asked) is null ? Deed(asked) : null;

    /// <param name="error">What the server calls it; null, or other, where this client does not know the name.</param>
    /// <param name="name">That name; safe to show.</param>
    /// <param name="asked">What was asked; null where the session was refused.</param>
    /// <param name="said">The server's words; safe to show, a sentence or nothing.</param>
    public static string Of(WireError? error, string name, Request? asked, string said)
    {
        if (error is { } known && OfSession.TryGetValue(known, out var words))
            return words;
        var path = asked?.Path is { } bytes ? RemotePath.FromBytes(bytes) : default(RemotePath?);
        return error switch
        {
            WireError.NotFound when path is null => "not found on the server",
            WireError.NotFound when Making.Contains(asked!.Command) => $"{path}: its folder does not exist on the server. Make that first: mkdir -p",
            WireError.NotFound => NotFound(path.Value),
            WireError.NotPermitted => NotPermitted(path, asked),
            WireError.Exists when asked?.To is { } to => $"{RemotePath.FromBytes(to)}: already exists",
            { } fact when OfPlace.TryGetValue(fact, out words) => path is null ? words : $"{path}: {words}",
            WireError.Unsupported => $"{said}Client and server may be of different versions.",
            WireError.Storage when !said.Contains("operator", StringComparison.Ordinal) => $"{said}Ask the server's operator to look at its disk.",
            _ => said.Length > 0 ? said.TrimEnd() : $"The server refused ({name}) and did not say why.",
        };
    }

    private static string NotPermitted(RemotePath? path, Request? asked)
    {
        var subject = path is null ? "" : $"{path}: ";
        return subject + (Impossible(asked) ?? $"this account may not {Deed(asked)}. Ask the server's operator for the permission.");
    }

    private static string Deed(Request? asked) => asked is null ? "do that" : Deeds.GetValueOrDefault(asked.Command, "do that");

    // What nobody may do, whoever the operator is.
    private static string? Impossible(Request? asked)
    {
        if (asked?.Path is not { } bytes || !Changing.Contains(asked.Command))
            return null;
        var place = RemotePath.Root.Resolve(bytes);
        return place == RemotePath.Root ? "the home itself cannot be removed or moved. Name something in it."
            : asked.To is { } to && RemotePath.Root.Resolve(to).IsWithin(place) ? "cannot be moved into itself"
            : null;
    }
}
