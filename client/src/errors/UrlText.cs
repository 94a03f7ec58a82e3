namespace Argosy.Client;

/// <summary>What is said of text that is no URL.</summary>
internal static class UrlText
{
    private const int Longest = 200;

    /// <summary>With what may have been meant: <c>alex@host:/p</c>, as scp(1) has it.</summary>
    public static string NotAUrl(string text) =>
        $"{Quoted(text)} is not a URL: write {Suggestion(text) ?? "argosy://host/path"}";

    /// <summary>In quotes, escaped, or the beginning of it where it is long.</summary>
    public static string Quoted(ReadOnlySpan<char> text) =>
        $"\"{Terminal.Escape(text.Length <= Longest ? text.ToString() : $"{text[..Longest]}...")}\"";

    private static string? Suggestion(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || text.AsSpan(0, colon).ContainsAny('/', ' '))
            return null;
        var path = text.AsSpan(colon + 1);
        var suggestion = $"argosy://{text.AsSpan(0, colon)}/{path.TrimStart('/')}";
        return ArgosyUrl.TryParse(suggestion, out var url) ? url!.ToString() : null;
    }
}
