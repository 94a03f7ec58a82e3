using Argosy.Wire;

namespace Argosy.Client;

/// <summary>Where a server's errors become exceptions: its words, made safe, and what to do next.</summary>
internal static class ReplyErrors
{
    private const int LongestMessage = 400;

    public static ClientException Translate(Reply reply)
    {
        var said = Sentence(reply.Message ?? "");
        return reply.Error switch
        {
            // This client's own frames are whole: something happened to them, or to a body, on the way.
            WireError.BadFrame or WireError.Damaged or WireError.TooLarge or WireError.Mismatch =>
                new NotVerifiedException($"What was sent did not arrive as it was. {said}Nothing unverified was kept; try again."),
            WireError.Timeout =>
                new NotVerifiedException($"What was sent did not all arrive in time. {said}Nothing unverified was kept; try again."),
            _ => Refused(Name(reply), $"{said}{Advice(reply.Error)}".TrimEnd()),
        };
    }

    private static RefusedException Refused(string name, string why) => new(name, why.Length > 0 ? why : $"The server said no ({name}) and not why.");

    private static string Name(Reply reply) => Terminal.Escape(Shorten(reply.ErrorName ?? "other", 40));

    private static string Sentence(string message)
    {
        if (message.Length == 0)
            return "";
        var sentence = Terminal.Escape(Shorten(message, LongestMessage));
        return sentence[^1] is '.' or '!' or '?' or '…' ? sentence + " " : sentence + ". ";
    }

    /// <summary>The text, or its beginning where it is longer than a message should be.</summary>
    public static string Shorten(string text, int length) => text.Length <= length ? text : text[..length] + "…";

    private static string Advice(WireError? error) => error switch
    {
        WireError.TlsRequired => "Use argosy:// instead of argosy+plain://.",
        WireError.LoginRequired => "Say who you are: argosy://name@host/.",
        WireError.LoginFailed => "Check the name and the password.",
        WireError.TooManySessions => "Close another session or try again later.",
        WireError.Busy or WireError.Stopping => "Try again later.",
        WireError.SessionEnded => "Log in again.",
        WireError.Exists => "Choose another name, or allow it to be replaced.",
        WireError.NotPermitted => "Ask the server's operator for the permission.",
        WireError.NotEmpty => "Remove what is in it first, or use rm -r.",
        WireError.InUse => "Wait until the other session has ended.",
        WireError.Unsupported => "Client and server may be of different versions.",
        WireError.Storage => "Ask the server's operator to look at its disk.",
        _ => "",
    };
}
