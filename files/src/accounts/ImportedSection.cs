namespace Argosy.Files;

/// <summary>One section of an INI text.</summary>
/// <param name="Name">Between the brackets, as written.</param>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Values">By key in lower case.</param>
internal sealed record ImportedSection(string Name, int Line, Dictionary<string, ImportedValue> Values);

/// <summary>One value and its line, from 1.</summary>
internal readonly record struct ImportedValue(string Text, int Line);
