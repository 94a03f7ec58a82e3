namespace Argosy.Wire;

/// <summary>
/// What a server answers (docs/protocol.md sections 2 and 4). One flat type for all commands: a value that the header does not
/// have is null. A value of the wrong type makes the whole reply a <see cref="WireError.BadFrame"/>.
/// </summary>
public sealed partial class Reply : IMessage<Reply>
{
    /// <summary>A reply to be filled by its initializers.</summary>
    public Reply()
    {
    }

    /// <inheritdoc/>
    public long? Id { get; init; }

    /// <summary>How the request ended.</summary>
    public ReplyStatus Status { get; init; }

    /// <summary>Why, where <see cref="Status"/> is <see cref="ReplyStatus.Error"/>.</summary>
    public WireError? Error { get; init; }

    /// <summary>Decoded replies only: <see cref="Error"/>'s name as it came, also where this version does not know it. Text of
    /// the peer: escape it before showing it.</summary>
    public string? ErrorName { get; private init; }

    /// <summary>A sentence for people. Text of the peer: escape it before showing it.</summary>
    public string? Message { get; init; }

    /// <inheritdoc/>
    public Body Body { get; init; }

    /// <summary>The protocol's version (<c>hello</c>).</summary>
    public long? Version { get; init; }

    /// <summary>The server's name and version (<c>hello</c>).</summary>
    public string? Server { get; init; }

    /// <summary>The login mechanisms (<c>hello</c>).</summary>
    public IReadOnlyList<string>? Mechanisms { get; init; }

    /// <summary>What the server knows beyond the first version: <c>pack</c>, <c>fetch</c> (<c>hello</c>).</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>What anonymous sessions may do: <c>ro</c>, <c>rw</c>, <c>drop</c> (<c>hello</c>).</summary>
    public string? Anonymous { get; init; }

    /// <summary>A SCRAM message as RFC 5802 writes it (<c>auth</c>).</summary>
    public string? Scram { get; init; }

    /// <summary><c>path</c> or <c>path_b64</c>, as bytes.</summary>
    public byte[]? Path { get; init; }

    /// <summary>What the entry is.</summary>
    public EntryType? Type { get; init; }

    /// <summary>The whole file's size in bytes.</summary>
    public long? Size { get; init; }

    /// <summary>Microseconds since 1970-01-01 UTC; may be negative.</summary>
    public long? MTime { get; init; }

    /// <summary>Permission bits, 0 to 0o7777.</summary>
    public int? Mode { get; init; }

    /// <summary>Where a link points, as bytes.</summary>
    public byte[]? Target { get; init; }

    /// <summary>Which version of the file this is, in the server's own words; another one has another. Null where the storage cannot
    /// tell. Text of the peer: escape it before showing it.</summary>
    public string? Revision { get; init; }

    /// <summary>Where the body begins in the file, in bytes (<c>get</c>).</summary>
    public long? Offset { get; init; }

    /// <summary>The CRC-32C of this body.</summary>
    public uint? Crc32C { get; init; }

    /// <summary>The wanted sum, in lower-case hexadecimal (<c>hash</c>).</summary>
    public string? Hash { get; init; }

    /// <summary>Bytes in use (<c>quota</c>).</summary>
    public long? Bytes { get; init; }

    /// <summary>Files in use (<c>quota</c>).</summary>
    public long? Files { get; init; }

    /// <summary>The most bytes (<c>quota</c>); null: no limit.</summary>
    public long? BytesLimit { get; init; }

    /// <summary>The most files (<c>quota</c>); null: no limit.</summary>
    public long? FilesLimit { get; init; }

    /// <summary>An error reply.</summary>
    /// <param name="id">The request's; null where it is unknown.</param>
    /// <param name="error">Which of the protocol's errors.</param>
    /// <param name="message">A sentence for people: what to do next.</param>
    public static Reply Refusal(long? id, WireError error, string message) =>
        new() { Id = id, Status = ReplyStatus.Error, Error = error, Message = message };

    /// <summary>The error that a record of many files names (docs/protocol.md section 7), as a reply to it alone would say it.</summary>
    /// <param name="error">The error's name, of which this version may not know.</param>
    /// <param name="message">The sentence for people.</param>
    public static Reply Refusal(string error, string message) =>
        new() { Status = ReplyStatus.Error, Error = WireErrors.FromName(error), ErrorName = error, Message = message };

    // Before it has read a frame a server cannot know that seals are wanted: its word why it will not talk comes unsealed.
    bool IMessage.MayBeUnsealed => Status == ReplyStatus.Error && Id is null && Body.IsNone;

    void IMessage.WriteTo(HeaderWriter header)
    {
        header.Number("id"u8, Id);
        header.Text("status"u8, Words.Of(Status));
        header.Text("error"u8, Error?.Name());
        header.Text("message"u8, Message);
        header.Number("version"u8, Version);
        header.Text("server"u8, Server);
        header.Texts("mechanisms"u8, Mechanisms);
        header.Texts("features"u8, Features);
        header.Text("anonymous"u8, Anonymous);
        header.Text("scram"u8, Scram);
        header.Name("path"u8, "path_b64"u8, Path);
        header.Text("type"u8, Words.Of(Type));
        header.Number("size"u8, Size);
        header.Number("offset"u8, Offset);
        header.Number("mtime"u8, MTime);
        header.Number("mode"u8, Mode);
        header.Name("target"u8, "target_b64"u8, Target);
        header.Text("revision"u8, Revision);
        header.Text("hash"u8, Hash);
        header.Number("bytes"u8, Bytes);
        header.Number("files"u8, Files);
        header.Number("bytes_limit"u8, BytesLimit);
        header.Number("files_limit"u8, FilesLimit);
        header.Announce(Body);
        header.Crc32C("crc32c"u8, Crc32C);
    }
}
