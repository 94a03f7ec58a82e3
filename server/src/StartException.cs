namespace Argosy.Server;

/// <summary>The server cannot start or go on, though what was asked for makes sense: a port or a data folder in use, an unreadable
/// certificate. The message says what to do next.</summary>
public sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
