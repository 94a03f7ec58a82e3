using Argosy.Wire;

namespace Argosy.Client;

/// <summary>Where a server's errors become exceptions. Its words, where they are shown, are made safe and short.</summary>
internal static class ReplyErrors
{
    private const int LongestMessage = 400;

    /// <param name="reply">What the server answered.</param>
    /// <param name="asked">To what; null where the session as a whole was refused.</param>
    public static ClientException Translate(Reply reply, Request? asked)
    {
        var said = Sentence(reply.Message ?? "");
        return reply.Error switch
        {
            // This client's own frames are whole: something happened to them, or to a body, on the way.
            WireError.BadFrame or WireError.Damaged or WireError.TooLarge or WireError.Mismatch =>
                new NotVerifiedException($"What was sent did not arrive as it was. {said}Nothing unverified was kept; try again."),
            WireError.Timeout =>
                new NotVerifiedException($"What was sent did not all arrive in time. {said}Nothing unverified was kept; try again."),
            _ => Refused(reply, asked, said),
        };
    }

    /// <summary>The text, or its beginning where it is longer than a message should be.</summary>
    public static string Shorten(string text, int length) => text.Length <= length ? text : text[..length] + "...";

    private static RefusedException Refused(Reply reply, Request? asked, string said)
    {
        var name = Terminal.Escape(Shorten(reply.ErrorName ?? "other", 40));
        return new RefusedException(name, RefusalText.Of(reply.Error, name, asked, said))
        {
            Path = asked?.Path is { } path ? RemotePath.FromBytes(path) : default(RemotePath?),
            Deed = RefusalText.Deed(reply.Error, asked),
        };
    }

    private static string Sentence(string message)
    {
        if (message.Length == 0)
            return "";
        var sentence = Terminal.Escape(Shorten(message, LongestMessage));
        return sentence[^1] is '.' or '!' or '?' ? sentence + " " : sentence + ". ";
    }
}
