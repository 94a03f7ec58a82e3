namespace Argosy.Wire;

/// <summary>
/// What a client asks (docs/protocol.md sections 2 and 4). One flat type for all commands: a value that the header does not have
/// is null, or false where absence means false.
/// </summary>
public sealed partial class Request : IMessage<Request>
{
    /// <summary>A request to be filled by its initializers.</summary>
    public Request()
    {
    }

    /// <summary><c>cmd</c>; one of the names in section 4, or one that this version does not know. Empty only where
    /// <see cref="Fault"/> is set.</summary>
    public string Command { get; init; } = "";

    /// <inheritdoc/>
    public long? Id { get; init; }

    /// <inheritdoc/>
    public Body Body { get; init; }

    /// <summary>
    /// Decoded requests only: the first value that is missing, of the wrong type or out of range. The frame itself was well
    /// formed: answer this error, discard the body, go on.
    /// </summary>
    public WireException? Fault { get; private init; }

    /// <summary><c>path</c> or <c>path_b64</c>: a name's bytes, without NUL, otherwise as the client sent them.</summary>
    public byte[]? Path { get; init; }

    /// <summary><c>to</c> or <c>to_b64</c>.</summary>
    public byte[]? To { get; init; }

    /// <summary>The protocol's version (<c>hello</c>).</summary>
    public long? Version { get; init; }

    /// <summary>The client's name and version (<c>hello</c>).</summary>
    public string? Client { get; init; }

    /// <summary>The login mechanism (<c>auth</c>).</summary>
    public string? Mechanism { get; init; }

    /// <summary>A SCRAM message as RFC 5802 writes it (<c>auth</c>).</summary>
    public string? Scram { get; init; }

    /// <summary>True to see a link itself (<c>stat</c>).</summary>
    public bool Link { get; init; }

    /// <summary>Where a transfer begins in the file, in bytes from 0.</summary>
    public long? Offset { get; init; }

    /// <summary>How many bytes are wanted; null: to the end.</summary>
    public long? Length { get; init; }

    /// <summary>How the body is verified; null: as the connection's seals say.</summary>
    public BodyCheck? Check { get; init; }

    /// <summary>The whole file's length in bytes, where known (<c>put</c>); also said as <c>filesize</c>,
    /// <c>file_size</c>.</summary>
    public long? Size { get; init; }

    /// <summary>Microseconds since 1970-01-01 UTC; may be negative.</summary>
    public long? MTime { get; init; }

    /// <summary>Permission bits, 0 to 0o7777.</summary>
    public int? Mode { get; init; }

    /// <summary>False where an existing name has to be left alone; true unless said.</summary>
    public bool Overwrite { get; init; } = true;

    /// <summary>The CRC-32C of this body.</summary>
    public uint? Crc32C { get; init; }

    /// <summary>The whole file's MD5, 16 bytes.</summary>
    public byte[]? Md5 { get; init; }

    /// <summary>The whole file's SHA-256, 32 bytes.</summary>
    public byte[]? Sha256 { get; init; }

    /// <summary>The upload's id, by which it can be continued: 1 to 64 of <c>[A-Za-z0-9._-]</c>.</summary>
    public string? Upload { get; init; }

    /// <summary>The id of an upload to discard (<c>uploads</c>).</summary>
    public string? Discard { get; init; }

    /// <summary>True to make missing folders on the way (<c>mkdir</c>).</summary>
    public bool Parents { get; init; }

    /// <summary>True to remove a folder with its content (<c>rmdir</c>).</summary>
    public bool Recursive { get; init; }

    /// <summary>The sum that is wanted (<c>hash</c>, <c>blocks</c>).</summary>
    public string? Algorithm { get; init; }

    /// <summary>Bytes of a block (<c>blocks</c>).</summary>
    public long? Block { get; init; }

    /// <summary>True where the body replaces a part of what was received, and nothing is published yet (<c>put</c>).</summary>
    public bool More { get; init; }

    /// <summary><c>target</c> or <c>target_b64</c>: where a link shall point (<c>ln</c>).</summary>
    public byte[]? Target { get; init; }

    bool IMessage.MayBeUnsealed => false;

    void IMessage.WriteTo(HeaderWriter header)
    {
        header.Text("cmd"u8, Command);
        header.Number("id"u8, Id);
        header.Number("version"u8, Version);
        header.Text("client"u8, Client);
        header.Text("mechanism"u8, Mechanism);
        header.Text("scram"u8, Scram);
        header.Name("path"u8, "path_b64"u8, Path);
        header.Name("to"u8, "to_b64"u8, To);
        header.Name("target"u8, "target_b64"u8, Target);
        header.Flag("link"u8, Link);
        header.Flag("parents"u8, Parents);
        header.Flag("recursive"u8, Recursive);
        if (!Overwrite)
            header.Boolean("overwrite"u8, false);
        header.Text("algorithm"u8, Algorithm);
        header.Number("block"u8, Block);
        header.Flag("more"u8, More);
        header.Text("upload"u8, Upload);
        header.Text("discard"u8, Discard);
        header.Number("offset"u8, Offset);
        header.Number("length"u8, Length);
        header.Number("size"u8, Size);
        header.Number("mtime"u8, MTime);
        header.Number("mode"u8, Mode);
        header.Text("check"u8, Words.Of(Check));
        header.Announce(Body);
        header.Crc32C("crc32c"u8, Crc32C);
        header.Digest("md5"u8, Md5);
        header.Digest("sha256"u8, Sha256);
    }
}
