using Argosy.Wire;

namespace Argosy.Client;

/// <summary>A block that takes the place of bytes which the server has of an unfinished upload.</summary>
internal sealed class PieceUpload(RemotePath path, string upload, long size, long offset, ReadOnlyMemory<byte> content, bool overwrite) : Exchange<bool>
{
    public override bool IsTransfer => true;

    public override Request Describe(long id) => new()
    {
        Command = "put",
        Id = id,
        Path = path.Bytes.ToArray(),
        Upload = upload,
        More = true,
        Offset = offset,
        Size = size,
        Overwrite = overwrite,
        Body = Body.Exact(content.Length),
        Crc32C = Crc32C.Of(content.Span),
    };

    public override ValueTask SendBodyAsync(FrameOutput output) => output.SendAsync(content);

    public override void Accept(Reply reply)
    {
    }

    public override void Finish(Trailer? trailer) => Succeed(true);
}
