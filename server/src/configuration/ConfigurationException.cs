namespace Argosy.Server;

/// <summary>The operator asked for something that cannot be. The message names where it was asked and what to write instead.</summary>
public sealed class ConfigurationException(string message, Exception? inner = null) : Exception(message, inner);
