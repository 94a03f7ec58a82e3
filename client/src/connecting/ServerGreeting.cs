namespace Argosy.Client;

/// <summary>What a server says of itself.</summary>
/// <param name="Server">Its name and version, safe to show.</param>
/// <param name="Mechanisms">How it lets people log in.</param>
internal sealed record ServerGreeting(string Server, IReadOnlyList<string> Mechanisms);
