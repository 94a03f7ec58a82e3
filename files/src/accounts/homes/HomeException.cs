namespace Argosy.Files;

/// <summary>Homes, ROOT and data folder get in each other's way, so nothing is served. The message is for the operator and says what to change.</summary>
public sealed class HomeException(string message, Exception? inner = null) : Exception(message, inner);
