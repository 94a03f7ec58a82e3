namespace Argosy.Sockets.Tests;

public sealed class ThreadsModelTests() : ConcurrencyModelContract("threads");
