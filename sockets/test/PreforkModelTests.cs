namespace Argosy.Sockets.Tests;

public sealed class PreforkModelTests() : ConcurrencyModelContract("prefork");
