using Argosy.Client;

namespace Argosy.Cli.Shell;

/// <summary>A word of a line, as it is meant: quotes taken off.</summary>
/// <param name="Text">The word. A byte that belongs to no UTF-8 character is one character (<see cref="ByteText"/>).</param>
/// <param name="Pattern">With wildcards that were not quoted: the word, those that were quoted as sets of one (<c>[*]</c>). Else null.</param>
/// <param name="Start">Where it begins in the line.</param>
/// <param name="IsAtHome">True where it begins with a <c>~</c> that was not quoted.</param>
internal sealed record Word(string Text, string? Pattern, int Start, bool IsAtHome)
{
    /// <summary>True for what reads as an option; <c>-</c> alone is a name.</summary>
    public bool IsOption => Text.Length > 1 && Text[0] == '-';
}

/// <summary>What quotes a place in a line is in.</summary>
internal enum Quote
{
    /// <summary>In none: a backslash quotes the next character.</summary>
    None,

    /// <summary><c>'…'</c>: everything stands for itself.</summary>
    Single,

    /// <summary><c>"…"</c>: a backslash quotes <c>"</c> and <c>\</c>.</summary>
    Double,

    /// <summary><c>$'…'</c>: <c>\n \r \t \\ \' \xNN \uNNNN</c>.</summary>
    Escaped,
}

/// <summary>A line up to where somebody is typing.</summary>
/// <param name="Words">The words that are complete.</param>
/// <param name="Last">The one that is being typed; perhaps nothing of it yet.</param>
/// <param name="Open">The quotes that are open there.</param>
internal sealed record UnfinishedLine(List<Word> Words, Word Last, Quote Open);
