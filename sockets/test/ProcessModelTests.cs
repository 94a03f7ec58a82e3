namespace Argosy.Sockets.Tests;

public sealed class ProcessModelTests() : ConcurrencyModelContract("process");
