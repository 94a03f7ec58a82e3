using System.Globalization;
using System.Text;
using Argosy.Client;

namespace Argosy.Cli.Shell;

/// <summary>Writes names so that <see cref="WordScanner"/> reads them as they are, and so that a terminal can be given them.</summary>
internal static class Quoting
{
    private const string Harmless = "/._-+:@%,=^";

    /// <summary>A whole word.</summary>
    public static string Of(string text)
    {
        if (text.Length == 0)
            return "''";
        return NeedsEscapes(text) ? Escape(text)
            : text.All(IsHarmless) ? text
            : text.Contains('\'') ? Within(Quote.Double, text) + '"'
            : Within(Quote.Single, text) + '\'';
    }

    /// <summary>
    /// A word that is not finished, in the quotes with which somebody has begun it, not closed: what a completion puts in the place of what was typed.
    /// </summary>
    /// <param name="quote">The quotes. Where they cannot say the word, others are taken.</param>
    /// <param name="text">The word.</param>
    /// <returns>The word, and the text that closes it.</returns>
    public static (string Text, string End) Begin(Quote quote, string text)
    {
        if (quote == Quote.Escaped || NeedsEscapes(text))
            return (Escape(text)[..^1], "'");
        return quote switch
        {
            Quote.None => (string.Concat(text.Select((character, index) => NeedsBackslash(character, index) ? $"\\{character}" : character.ToString())), ""),
            Quote.Single when !text.Contains('\'') => (Within(Quote.Single, text), "'"),
            _ => (Within(Quote.Double, text), "\""),
        };
    }

    private static string Within(Quote quote, string text) => quote == Quote.Single
        ? $"'{text}"
        : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}";

    private static bool IsHarmless(char character) =>
        char.IsLetterOrDigit(character) || char.IsSurrogate(character) || Harmless.Contains(character, StringComparison.Ordinal);

    private static bool NeedsBackslash(char character, int index) =>
        character is ' ' or '\'' or '"' or '\\' or '*' or '?' or '[' or '$' || (index == 0 && character is '~' or '#');

    // Control characters, those that mislead the eye, and bytes that are no text.
    private static bool NeedsEscapes(string text) => Pieces(text).Any(piece => piece.Escaped is not null);

    private static string Escape(string text)
    {
        var quoted = new StringBuilder("$'");
        foreach (var (piece, escaped) in Pieces(text))
            quoted.Append(escaped ?? (piece is "'" or "\\" ? "\\" + piece : piece));
        return quoted.Append('\'').ToString();
    }

    private static IEnumerable<(string Piece, string? Escaped)> Pieces(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var isWhole = Rune.TryGetRuneAt(text, at, out var rune);
            var piece = text.Substring(at, isWhole ? rune.Utf16SequenceLength : 1);
            at += piece.Length;
            var isShownAsIs = piece == "\\" || (isWhole && Terminal.Escape(piece) == piece);
            yield return (piece, isShownAsIs ? null : string.Concat(piece.Select(Code)));
        }
    }

    private static string Code(char character) => character switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        < '\u0080' => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)character:x2}"),
        _ when ByteText.IsByte(character) => string.Create(CultureInfo.InvariantCulture, $"\\x{character - 0xdc00:x2}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
    };
}
