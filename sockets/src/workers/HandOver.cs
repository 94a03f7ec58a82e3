using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>What goes with the descriptor of a connection that is handed to a worker.</summary>
/// <param name="Family">The socket's family.</param>
/// <param name="Peer">The peer's address, as it was when the connection was accepted.</param>
/// <param name="IsOverloaded">Whether the server is above its soft cap.</param>
internal sealed record HandOver(AddressFamily Family, EndPoint? Peer, bool IsOverloaded)
{
    internal byte[] Write() => WorkerPayload.Write(to =>
    {
        to.Write((ushort)Family);
        to.Write(IsOverloaded);
        WorkerTask.WriteAddress(to, Peer);
    });

    /// <exception cref="InvalidDataException">It is none.</exception>
    internal static HandOver Read(byte[] bytes) => WorkerPayload.Read(bytes, static from =>
    {
        var family = (AddressFamily)from.ReadUInt16();
        var isOverloaded = from.ReadBoolean();
        return new HandOver(family, WorkerTask.ReadAddress(from), isOverloaded);
    });
}
