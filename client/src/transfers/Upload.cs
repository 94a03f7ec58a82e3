using Argosy.Wire;

namespace Argosy.Client;

/// <summary>What the two kinds of uploads share: the request's facts, and the check of the answer.</summary>
internal abstract class Upload(RemotePath path, PutOptions options) : Exchange<Stored>
{
    // The least speed at which a server is expected to put a file on its disk.
    private const double SlowDisk = 20_000_000;

    private Stored? _stored;

    public override bool IsTransfer => true;

    protected PutOptions Options => options;

    /// <summary>Bytes of the file that were sent so far, those of earlier calls included.</summary>
    protected long Sent { get; set; } = options.Offset;

    /// <summary>The CRC-32C of the body; null where there is none.</summary>
    protected abstract uint? SentSum { get; }

    // A server gives a body that stands still 30 s; its word about that must be able to arrive.
    public override TimeSpan Patience(TimeSpan silence) => (1.5 * silence) + TimeSpan.FromSeconds(Sent / SlowDisk);

    public override void Accept(Reply reply)
    {
        if (reply.Size != Sent)
            throw new NotVerifiedException(
                $"The server stored {reply.Size?.ToString() ?? "an unknown number of"} bytes where {Sent} were sent. Look at the file and put it again.");
        if (reply.Crc32C is { } theirs && SentSum is { } ours && theirs != ours)
            throw new NotVerifiedException("The server stored other bytes than were sent: it says another checksum. Look at the file and put it again.");
        _stored = new Stored(
            reply.Path is { } final ? RemotePath.FromBytes(final) : path, Sent, Times.FromWire(reply.MTime) ?? DateTimeOffset.UtcNow);
    }

    /// <summary>The source is not what it was when it was opened.</summary>
    public static LocalFileException Changed() =>
        new(LocalFault.Changed, "", "The file changed while it was sent; nothing was stored. Put it again.");

    public override void Finish(Trailer? trailer) => Succeed(_stored!);

    protected Request Describe(long id, Body body, long? size, uint? sum) => new()
    {
        Command = "put",
        Id = id,
        Path = path.Bytes.ToArray(),
        Body = body,
        Size = size,
        Upload = options.Upload,
        Offset = options.Offset == 0 ? null : options.Offset,
        MTime = Times.ToWire(options.Modified),
        Mode = options.Mode is { } mode ? (int)mode & 0x1ff : null,
        Overwrite = options.Overwrite,
        Check = options.Verify ? null : BodyCheck.None,
        Crc32C = sum,
    };
}
