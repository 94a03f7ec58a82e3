namespace Argosy.Files;

/// <summary>A file of accounts cannot be imported; nothing of it was.</summary>
public sealed class AccountImportException(int line, string reason) : Exception($"Line {line}: {reason}.")
{
    /// <summary>Where, from 1.</summary>
    public int Line { get; } = line;
}
