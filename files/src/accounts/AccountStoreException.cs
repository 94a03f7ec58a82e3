namespace Argosy.Files;

/// <summary>Accounts cannot be read or written. The message is for the operator: it names the file, the line where there is one, and what to do.</summary>
public sealed class AccountStoreException(string message, Exception? inner = null) : Exception(message, inner);
