using System.Net;
using System.Text;

namespace Argosy.Sockets;

/// <summary>A handler's error on its way from a worker to the parent.</summary>
internal sealed record HandlerFailure(
    HandlerFailureKind Kind, ConnectionError Error, string TypeName, string Message, string Details, EndPoint? Local, EndPoint? Peer)
{
    internal static HandlerFailure Of(Exception error, IConnection connection) => new(
        error switch
        {
            ConnectionException => HandlerFailureKind.Connection,
            TimeoutException => HandlerFailureKind.Deadline,
            _ => HandlerFailureKind.Other,
        },
        (error as ConnectionException)?.Error ?? default,
        Cut(error.GetType().FullName ?? "", 500), Cut(error.Message, 2_000), Cut(error.ToString(), 6_000),
        connection.LocalEndPoint, connection.RemoteEndPoint);

    /// <summary>As the parent's listeners get it: errors of the connection look as under every other model.</summary>
    internal Exception ToException(int worker)
    {
        var original = new WorkerHandlerException(TypeName, Message, Details, worker);
        return Kind switch
        {
            HandlerFailureKind.Connection => new ConnectionException(Error, Message, original),
            HandlerFailureKind.Deadline => new TimeoutException(Message, original),
            _ => original,
        };
    }

    internal byte[] Write()
    {
        var bytes = new MemoryStream();
        using (var to = new BinaryWriter(bytes, Encoding.UTF8))
        {
            to.Write((byte)Kind);
            to.Write((int)Error);
            to.Write(TypeName);
            to.Write(Message);
            to.Write(Details);
            WorkerTask.WriteAddress(to, Local);
            WorkerTask.WriteAddress(to, Peer);
        }

        return bytes.ToArray();
    }

    internal static HandlerFailure Read(byte[] bytes)
    {
        using var from = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        return new HandlerFailure(
            (HandlerFailureKind)from.ReadByte(), (ConnectionError)from.ReadInt32(), from.ReadString(), from.ReadString(), from.ReadString(),
            WorkerTask.ReadAddress(from), WorkerTask.ReadAddress(from));
    }

    // Three bytes of UTF-8 for each, at most, must fit into one message.
    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most];
}

/// <summary>What kind of exception it was.</summary>
internal enum HandlerFailureKind : byte
{
    Other,
    Connection,
    Deadline,
}
