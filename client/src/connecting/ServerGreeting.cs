namespace Argosy.Client;

/// <summary>What a server says of itself.</summary>
/// <param name="Server">Its name and version, safe to show.</param>
/// <param name="Mechanisms">How it lets people log in.</param>
/// <param name="Features">Which commands it knows that not every server does.</param>
internal sealed record ServerGreeting(string Server, IReadOnlyList<string> Mechanisms, IReadOnlyList<string> Features);
