namespace Argosy.Sockets.Tests;

public sealed class PollModelTests() : ConcurrencyModelContract("poll");
