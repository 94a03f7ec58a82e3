namespace Argosy.Files;

/// <summary>What an account may do at and beneath one path of its home.</summary>
/// <param name="Path">From the home, with a leading slash.</param>
/// <param name="Permissions">What replaces the account's own.</param>
public sealed record PathPermissions(string Path, Permissions Permissions);
