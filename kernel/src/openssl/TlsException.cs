namespace Argosy.Kernel;

/// <summary>TLS went wrong; the message is OpenSSL's word for it.</summary>
public sealed class TlsException(string message) : Exception(message);
