namespace Argosy.Sockets.Tests;

public sealed class PoolModelTests() : ConcurrencyModelContract("pool");
