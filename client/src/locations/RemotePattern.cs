using System.Text;

namespace Argosy.Client;

/// <summary>
/// One component of a path with wildcards: <c>*</c> any characters, <c>?</c> one, <c>[a-z]</c> one of these, <c>[!a-z]</c> none of these. As in a
/// shell a name that begins with a dot is met only by a pattern that does. Bytes that are no UTF-8 count as characters of their own.
/// </summary>
public sealed class RemotePattern
{
    // What no pattern says: behind Unicode's last character.
    private const int Foreign = 0x110000;
    private readonly int[] _pattern;

    /// <summary>A component, in bytes.</summary>
    public RemotePattern(ReadOnlySpan<byte> pattern) => _pattern = Characters(pattern);

    /// <summary>True where a path, or a component, holds one of the characters that mean others.</summary>
    public static bool IsWild(ReadOnlySpan<byte> text) => text.IndexOfAny("*?["u8) >= 0;

    /// <summary>True for a name, in bytes, that is meant.</summary>
    public bool Matches(ReadOnlySpan<byte> name)
    {
        var characters = Characters(name);
        if (characters is ['.', ..] && _pattern is not ['.', ..])
            return false;

        // On a mismatch the last star takes one character more; earlier ones never need to.
        var (at, next, star, retry) = (0, 0, -1, 0);
        while (at < characters.Length)
        {
            if (next < _pattern.Length && _pattern[next] == '*')
                (star, retry) = (next++, at);
            else if (next < _pattern.Length && MatchesOne(characters[at], next, out var length))
                (at, next) = (at + 1, next + length);
            else if (star >= 0)
                (at, next) = (++retry, star + 1);
            else
                return false;
        }

        while (next < _pattern.Length && _pattern[next] == '*')
            next++;
        return next == _pattern.Length;
    }

    private bool MatchesOne(int character, int at, out int length)
    {
        length = 1;
        if (_pattern[at] == '?')
            return true;
        if (_pattern[at] != '[' || EndOfSet(at) is not (> 0 and var end))
            return _pattern[at] == character;
        length = end - at + 1;
        return MatchesSet(character, _pattern.AsSpan(at + 1, end - at - 1));
    }

    // A bracket right behind the opening one belongs to the set; one that is never closed is a character like others.
    private int EndOfSet(int at)
    {
        var first = at + 1 < _pattern.Length && _pattern[at + 1] is '!' or '^' ? at + 2 : at + 1;
        return first + 1 < _pattern.Length ? Array.IndexOf(_pattern, ']', first + 1) : -1;
    }

    private static bool MatchesSet(int character, ReadOnlySpan<int> set)
    {
        var isNegated = set[0] is '!' or '^';
        var isMet = false;
        for (var i = isNegated ? 1 : 0; i < set.Length; i++)
        {
            var isRange = i + 2 < set.Length && set[i + 1] == '-';
            isMet |= character >= set[i] && character <= set[isRange ? i + 2 : i];
            i += isRange ? 2 : 0;
        }

        return isMet != isNegated;
    }

    private static int[] Characters(ReadOnlySpan<byte> text)
    {
        var characters = new List<int>(text.Length);
        while (!text.IsEmpty)
        {
            var isText = Rune.DecodeFromUtf8(text, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            length = isText ? length : 1;
            characters.Add(isText ? rune.Value : Foreign + text[0]);
            text = text[length..];
        }

        return [.. characters];
    }
}
