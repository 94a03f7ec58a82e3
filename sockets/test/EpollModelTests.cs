namespace Argosy.Sockets.Tests;

public sealed class EpollModelTests() : ConcurrencyModelContract("epoll");
