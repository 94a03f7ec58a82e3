namespace Argosy.Server;

/// <summary>One part under the name by which operators choose it.</summary>
/// <typeparam name="T">What makes it.</typeparam>
/// <param name="Name">The name.</param>
/// <param name="Summary">When to choose it, in a few words.</param>
/// <param name="Create">Makes it.</param>
public sealed record Part<T>(string Name, string Summary, T Create);
