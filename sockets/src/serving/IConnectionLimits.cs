using System.Net;

namespace Argosy.Sockets;

/// <summary>Who may be served: counted by one process for itself, or by several together.</summary>
internal interface IConnectionLimits
{
    /// <summary>Takes a place for a connection, or tells why there is none.</summary>
    RefusalReason? TryEnter(EndPoint? peer, out bool isOverloaded);

    /// <summary>Gives the place back.</summary>
    void Leave(EndPoint? peer);
}
