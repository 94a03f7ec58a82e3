using System.Text;

namespace Argosy.Cli.Shell.Editing;

/// <summary>
/// What a terminal sends, as keys: control characters, the sequences of xterm and its kin (ECMA-48 section 5.4; also with the cursor keys in
/// application mode), UTF-8, and pasted text between its brackets. What it does not know it leaves out, whole.
/// </summary>
internal sealed class KeyDecoder
{
    private const int LongestSequence = 32;
    private const char Escape = '\u001b';
    private const string EndOfPaste = "\u001b[201~";

    private static readonly Dictionary<char, KeyKind> Controls = new()
    {
        ['\u0001'] = KeyKind.Home,
        ['\u0002'] = KeyKind.Left,
        ['\u0003'] = KeyKind.Cancel,
        ['\u0004'] = KeyKind.EndOfInput,
        ['\u0005'] = KeyKind.End,
        ['\u0006'] = KeyKind.Right,
        ['\u0007'] = KeyKind.Abort,
        ['\b'] = KeyKind.Backspace,
        ['\t'] = KeyKind.Tab,
        ['\n'] = KeyKind.Enter,
        ['\u000b'] = KeyKind.KillToEnd,
        ['\u000c'] = KeyKind.Clear,
        ['\r'] = KeyKind.Enter,
        ['\u000e'] = KeyKind.Down,
        ['\u0010'] = KeyKind.Up,
        ['\u0012'] = KeyKind.Search,
        ['\u0015'] = KeyKind.KillToStart,
        ['\u0017'] = KeyKind.KillWord,
        ['\u0019'] = KeyKind.Yank,
        ['\u001a'] = KeyKind.Suspend,
        ['\u007f'] = KeyKind.Backspace,
    };

    // Behind ESC: Alt and a letter.
    private static readonly Dictionary<char, KeyKind> Alternates = new()
    {
        ['b'] = KeyKind.WordLeft,
        ['f'] = KeyKind.WordRight,
        ['d'] = KeyKind.KillWordRight,
        ['\u007f'] = KeyKind.KillWord,
        ['\b'] = KeyKind.KillWord,
    };

    // Behind ESC [ or ESC O.
    private static readonly Dictionary<string, KeyKind> Sequences = new()
    {
        ["A"] = KeyKind.Up,
        ["B"] = KeyKind.Down,
        ["C"] = KeyKind.Right,
        ["D"] = KeyKind.Left,
        ["H"] = KeyKind.Home,
        ["F"] = KeyKind.End,
        ["1~"] = KeyKind.Home,
        ["7~"] = KeyKind.Home,
        ["4~"] = KeyKind.End,
        ["8~"] = KeyKind.End,
        ["3~"] = KeyKind.Delete,
        ["1;5C"] = KeyKind.WordRight,
        ["1;3C"] = KeyKind.WordRight,
        ["1;5D"] = KeyKind.WordLeft,
        ["1;3D"] = KeyKind.WordLeft,
        ["3;5~"] = KeyKind.KillWordRight,
        ["M"] = KeyKind.Enter,
    };

    private readonly Decoder _utf8 = new UTF8Encoding().GetDecoder();
    private readonly StringBuilder _pending = new();
    private bool _isPasting;
    private int _searched;

    /// <summary>True while it cannot be told whether ESC is a key or the beginning of one.</summary>
    public bool IsUndecided => _pending.Length > 0 && !_isPasting;

    /// <summary>Takes bytes; gives the keys that are complete.</summary>
    public List<Key> Take(ReadOnlySpan<byte> bytes)
    {
        var characters = new char[bytes.Length + 1];
        var count = _utf8.GetChars(bytes, characters, flush: false);
        _pending.Append(characters, 0, count);
        var keys = new List<Key>();
        while (_pending.Length > 0 && TakeOne(keys))
        {
        }

        return keys;
    }

    /// <summary>Nothing followed: what was undecided was a key of its own, which means nothing.</summary>
    public void GiveUp()
    {
        if (IsUndecided)
            _pending.Clear();
    }

    private bool TakeOne(List<Key> keys)
    {
        if (_isPasting)
            return TakePaste(keys);
        var first = _pending[0];
        if (first == Escape)
            return TakeSequence(keys);
        var length = 1;
        if (Controls.TryGetValue(first, out var kind))
        {
            keys.Add(new Key(kind));
        }
        else if (!char.IsControl(first))
        {
            while (length < _pending.Length && !char.IsControl(_pending[length]))
                length++;
            keys.Add(new Key(KeyKind.Text, _pending.ToString(0, length)));
        }

        _pending.Remove(0, length);
        return true;
    }

    private bool TakeSequence(List<Key> keys)
    {
        if (_pending.Length < 2)
            return false;
        if (_pending[1] is not ('[' or 'O'))
        {
            // ESC twice: the first one was a key of its own.
            if (Alternates.TryGetValue(_pending[1], out var alternate))
                keys.Add(new Key(alternate));
            _pending.Remove(0, _pending[1] == Escape ? 1 : 2);
            return true;
        }

        var end = 2;
        // Linux's console sends ESC [ [ A for F1; the second bracket is part of it.
        if (_pending.Length > 2 && _pending[2] == '[')
            end++;
        while (end < _pending.Length && _pending[end] is >= ' ' and < '@' && end < LongestSequence)
            end++;
        if (end >= _pending.Length)
            return false;
        var sequence = _pending.ToString(2, end - 1);
        _pending.Remove(0, end + 1);
        _isPasting = sequence == "200~";
        if (Sequences.TryGetValue(sequence, out var kind))
            keys.Add(new Key(kind));
        return true;
    }

    private bool TakePaste(List<Key> keys)
    {
        // Only where it has not been looked for: a paste may be long, and come in many pieces.
        var from = Math.Max(_searched - EndOfPaste.Length, 0);
        var end = _pending.ToString(from, _pending.Length - from).IndexOf(EndOfPaste, StringComparison.Ordinal);
        _searched = end < 0 ? _pending.Length : 0;
        if (end < 0)
            return false;
        var text = _pending.ToString(0, from + end);
        _pending.Remove(0, text.Length + EndOfPaste.Length);
        _isPasting = false;
        keys.Add(new Key(KeyKind.Paste, text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')));
        return true;
    }
}
