using System.Globalization;
using System.Text;
using Argosy.Cli.Messages;
using Argosy.Cli.Transfer;
using Argosy.Client;

namespace Argosy.Cli.Shell;

/// <summary>
/// Takes a line apart into words, as a POSIX shell does (Shell Command Language, sections 2.2 and 2.3) as far as names go: blanks separate, quotes
/// and backslashes keep together, <c>#</c> at a word's beginning starts a comment. There are no variables and no substitutions.
/// </summary>
internal sealed class WordScanner
{
    private readonly string _line;
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _pattern = new();
    private bool _isPattern;
    private int _at;

    private WordScanner(string line) => _line = line;

    private Quote Open { get; set; }

    private bool IsAtEnd => _at >= _line.Length;

    /// <summary>The words of a whole line.</summary>
    /// <exception cref="UsageException">A quote is never closed.</exception>
    public static List<Word> Split(string line)
    {
        var scanner = new WordScanner(line);
        var words = new List<Word>();
        while (scanner.Next() is { } word)
            words.Add(word);
        return scanner.Open == Quote.None ? words : throw new UsageException(ShellText.OpenQuote);
    }

    /// <summary>The words of a line that is being typed.</summary>
    public static UnfinishedLine SplitUnfinished(string line)
    {
        var scanner = new WordScanner(line);
        var words = new List<Word>();
        var last = new Word("", null, line.Length, false);
        while (scanner.Next() is { } word)
        {
            // At the end of the line it is still being typed; behind a blank a new one begins.
            if (scanner.IsAtEnd)
                last = word;
            else
                words.Add(word);
        }

        return new UnfinishedLine(words, last, scanner.Open);
    }

    private static bool IsBlank(char character) => character is ' ' or '\t' or '\n' or '\r';

    private Word? Next()
    {
        while (!IsAtEnd && IsBlank(_line[_at]))
            _at++;
        if (IsAtEnd || _line[_at] == '#')
            return null;
        var start = _at;
        _text.Clear();
        _pattern.Clear();
        _isPattern = false;
        while (!IsAtEnd && !IsBlank(_line[_at]))
            ReadPiece();
        return new Word(_text.ToString(), _isPattern ? _pattern.ToString() : null, start, _line[start] == '~');
    }

    private void ReadPiece()
    {
        var character = _line[_at++];
        switch (character)
        {
            case '\'':
                ReadQuoted(Quote.Single, '\'');
                break;
            case '"':
                ReadQuoted(Quote.Double, '"');
                break;
            case '$' when !IsAtEnd && _line[_at] == '\'':
                _at++;
                ReadQuoted(Quote.Escaped, '\'');
                break;
            case '\\' when !IsAtEnd:
                AddQuoted(_line[_at++]);
                break;
            default:
                _isPattern |= character is '*' or '?' or '[';
                _text.Append(character);
                _pattern.Append(character);
                break;
        }
    }

    private void ReadQuoted(Quote kind, char end)
    {
        Open = kind;
        while (!IsAtEnd)
        {
            var character = _line[_at++];
            if (character == end)
            {
                Open = Quote.None;
                return;
            }

            AddQuoted(character == '\\' && !IsAtEnd ? Unescape(kind) : character);
        }
    }

    // Behind a backslash in quotes.
    private char Unescape(Quote kind)
    {
        var next = _line[_at];
        switch (kind)
        {
            case Quote.Double when next is '"' or '\\':
                _at++;
                return next;
            case Quote.Escaped:
                _at++;
                return next switch
                {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'x' when ReadHexadecimal(2) is { } value => value < 0x80 ? (char)value : ByteText.OfByte((byte)value),
                    'u' when ReadHexadecimal(4) is { } value => (char)value,
                    _ => next,
                };
            default:
                return '\\';
        }
    }

    private int? ReadHexadecimal(int digits)
    {
        if (_at + digits > _line.Length || !int.TryParse(_line.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            return null;
        _at += digits;
        return value;
    }

    private void AddQuoted(char character)
    {
        _text.Append(character);
        if (character is '*' or '?' or '[')
            _pattern.Append('[').Append(character).Append(']');
        else
            _pattern.Append(character);
    }
}
