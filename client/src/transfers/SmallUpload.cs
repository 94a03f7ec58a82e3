using System.Buffers;
using Argosy.Wire;

namespace Argosy.Client;

/// <summary>A file that is in memory already: an exact body, which leaves together with its header.</summary>
internal sealed class SmallUpload(RemotePath path, ReadOnlyMemory<byte> content, PutOptions options) : Upload(path, options)
{
    private readonly uint? _sum = options.Verify ? Crc32C.Of(content.Span) : null;

    protected override uint? SentSum => _sum;

    public override Request Describe(long id) => Describe(id, Body.Exact(content.Length), content.Length, _sum);

    public override ValueTask SendBodyAsync(FrameOutput output)
    {
        output.Write(content.Span);
        Sent = content.Length;
        Options.Progress?.Report(new TransferProgress(Sent, Sent));
        return ValueTask.CompletedTask;
    }
}
