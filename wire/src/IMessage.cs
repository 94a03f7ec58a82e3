namespace Argosy.Wire;

/// <summary>A header, understood.</summary>
public interface IMessage
{
    /// <summary>The request's number, which its reply and their trailers repeat; null where the client gave none.</summary>
    long? Id { get; }

    /// <summary>What follows the header.</summary>
    Body Body { get; }

    /// <summary>True for the one kind of frame that may come unsealed, and only first, where seals are required: a server's word
    /// why it will not talk.</summary>
    internal bool MayBeUnsealed { get; }

    internal void WriteTo(HeaderWriter header);
}

/// <summary>A message that can be decoded: <see cref="Request"/> on a server, <see cref="Reply"/> on a client,
/// <see cref="Trailer"/> on both.</summary>
/// <typeparam name="TSelf">The message itself.</typeparam>
public interface IMessage<TSelf> : IMessage
    where TSelf : IMessage<TSelf>
{
    /// <summary>True where a wrong value is answered and the connection goes on; a client that meets one can only leave.</summary>
    internal static abstract bool IsAnswered { get; }

    internal static abstract TSelf Decode(ReadOnlySpan<byte> header, bool isSealed);
}
