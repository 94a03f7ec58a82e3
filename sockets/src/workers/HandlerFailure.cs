using System.Net;

namespace Argosy.Sockets;

/// <summary>A handler's error on its way from a worker to the parent.</summary>
internal sealed record HandlerFailure(
    HandlerFailureKind Kind, ConnectionError Error, string TypeName, string Message, string Details, EndPoint? Local, EndPoint? Peer)
{
    internal static HandlerFailure Of(Exception error, IConnection connection) => Of(error, connection.LocalEndPoint, connection.RemoteEndPoint);

    internal static HandlerFailure Of(Exception error, EndPoint? local, EndPoint? peer) => new(
        error switch
        {
            ConnectionException => HandlerFailureKind.Connection,
            TimeoutException => HandlerFailureKind.Deadline,
            _ => HandlerFailureKind.Other,
        },
        (error as ConnectionException)?.Error ?? default,
        Cut(error.GetType().FullName ?? "", 500), Cut(error.Message, 2_000), Cut(error.ToString(), 6_000),
        local, peer);

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

    internal byte[] Write() => WorkerPayload.Write(to =>
    {
        to.Write((byte)Kind);
        to.Write((int)Error);
        to.Write(TypeName);
        to.Write(Message);
        to.Write(Details);
        WorkerTask.WriteAddress(to, Local);
        WorkerTask.WriteAddress(to, Peer);
    });

    /// <exception cref="InvalidDataException">It is none.</exception>
    internal static HandlerFailure Read(byte[] bytes) => WorkerPayload.Read(bytes, static from =>
    {
        var failure = new HandlerFailure(
            (HandlerFailureKind)from.ReadByte(), (ConnectionError)from.ReadInt32(), from.ReadString(), from.ReadString(), from.ReadString(),
            WorkerTask.ReadAddress(from), WorkerTask.ReadAddress(from));
        return Enum.IsDefined(failure.Kind) && Enum.IsDefined(failure.Error) ? failure : throw WorkerPayload.Nonsense();
    });

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
