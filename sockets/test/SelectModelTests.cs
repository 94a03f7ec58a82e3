namespace Argosy.Sockets.Tests;

public sealed class SelectModelTests() : ConcurrencyModelContract("select");
