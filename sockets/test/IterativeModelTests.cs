namespace Argosy.Sockets.Tests;

public sealed class IterativeModelTests() : ConcurrencyModelContract("iterative");
