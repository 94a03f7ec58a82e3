namespace Argosy.Sockets.Tests;

public sealed class EpollEtModelTests() : ConcurrencyModelContract("epoll-et");
