using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Argosy.Sockets;

/// <summary>What goes with the descriptor of a connection that is handed to a worker.</summary>
/// <param name="Family">The socket's family.</param>
/// <param name="Peer">The peer's address, as it was when the connection was accepted.</param>
/// <param name="IsOverloaded">Whether the server is above its soft cap.</param>
internal sealed record HandOver(AddressFamily Family, EndPoint? Peer, bool IsOverloaded)
{
    internal byte[] Write()
    {
        var bytes = new MemoryStream();
        using (var to = new BinaryWriter(bytes, Encoding.UTF8))
        {
            to.Write((ushort)Family);
            to.Write(IsOverloaded);
            WorkerTask.WriteAddress(to, Peer);
        }

        return bytes.ToArray();
    }

    internal static HandOver Read(byte[] bytes)
    {
        using var from = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        var family = (AddressFamily)from.ReadUInt16();
        var isOverloaded = from.ReadBoolean();
        return new HandOver(family, WorkerTask.ReadAddress(from), isOverloaded);
    }
}
