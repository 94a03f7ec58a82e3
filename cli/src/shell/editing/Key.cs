namespace Argosy.Cli.Shell.Editing;

/// <summary>What a key means.</summary>
internal enum KeyKind
{
    Text, Paste, Enter, Tab, Backspace, Delete, Left, Right, WordLeft, WordRight, Home, End, Up, Down,
    KillToEnd, KillToStart, KillWord, KillWordRight, Yank, Clear, Cancel, EndOfInput, Search, Abort, Suspend,
}

/// <summary>A key, or text that was typed or pasted at once.</summary>
internal readonly record struct Key(KeyKind Kind, string Text = "");
