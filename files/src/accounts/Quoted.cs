namespace Argosy.Files;

/// <summary>What came from outside, in a line of the log: in quotes, and a quote within as <c>\x22</c>, so that no name can play the rest of its line.</summary>
/// <param name="text">Escaped already (<see cref="Escaped"/>). It becomes a string only where the line is written.</param>
internal readonly struct Quoted(object text)
{
    public override string ToString() => $"\"{text.ToString()!.Replace("\"", "\\x22", StringComparison.Ordinal)}\"";
}
