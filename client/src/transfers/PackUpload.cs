using Argosy.Wire;

namespace Argosy.Client;

/// <summary>Many small files that go up in one request.</summary>
internal sealed class PackUpload(IReadOnlyList<PackedFile> files) : Exchange<bool>
{
    // The least speed at which a server is expected to put small files on its disk.
    private const double SlowDisk = 20_000_000;

    private const int LongestAnswer = Limits.Pack;

    private readonly MemoryStream _answer = new();
    private PackedFile[] _sent = [];
    private long _bytes;
    private Reply? _reply;

    public override bool IsTransfer => true;

    public override bool ExpectsBody => true;

    public override TimeSpan Patience(TimeSpan silence) => (1.5 * silence) + TimeSpan.FromSeconds(_bytes / SlowDisk);

    // What is no longer wanted is not sent; what is given up from here on is.
    public override bool TryBegin()
    {
        _sent = [.. files.Where(file => file.IsWanted)];
        if (_sent.Length == 0)
            Succeed(false);
        return base.TryBegin();
    }

    public override Request Describe(long id)
    {
        _bytes = _sent.Sum(static file => (long)file.Record.Length);
        return new() { Command = "pack", Id = id, Overwrite = _sent[0].Overwrite, Body = Body.Exact(_bytes) };
    }

    public override async ValueTask SendBodyAsync(FrameOutput output)
    {
        foreach (var file in _sent)
        {
            file.Record.WriteTo(output);
            file.TellSent();
            if (output.IsFull)
                await output.FlushAsync().ConfigureAwait(false);
        }
    }

    public override void Accept(Reply reply)
    {
        if (reply.Body.Length is not <= LongestAnswer || reply.Crc32C is null)
            throw Lie();
        _reply = reply;
    }

    public override ValueTask ReceiveAsync(ReadOnlyMemory<byte> piece)
    {
        _answer.Write(piece.Span);
        return ValueTask.CompletedTask;
    }

    public override void Finish(Trailer? trailer)
    {
        var told = new PackRecord?[_sent.Length];
        if (!TryRead(told))
        {
            Fail(Lie());
            return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static work => work.upload.Tell(work.told), (upload: this, told), preferLocal: false);
    }

    private void Tell(PackRecord?[] told)
    {
        for (var i = 0; i < told.Length; i++)
            Tell(_sent[i], told[i]);
        Succeed(true);
    }

    /// <summary>Reads the answer; false where it does not fit what was sent.</summary>
    /// <param name="told">Gets what it says, at the files' numbers.</param>
    private bool TryRead(PackRecord?[] told)
    {
        ReadOnlyMemory<byte> answer = _answer.GetBuffer().AsMemory(0, (int)_answer.Length);
        if (Crc32C.Of(answer.Span) != _reply!.Crc32C)
            return false;
        var failed = 0;
        try
        {
            for (; PackRecord.TryRead(answer, out var record); answer = answer[record.Length..])
            {
                if (record.Kind == PackKind.File || record.Number < 0 || record.Number >= told.Length || told[record.Number] is not null)
                    return false;
                told[record.Number] = record;
                failed += record.Kind == PackKind.Failure ? 1 : 0;
            }
        }
        catch (WireException)
        {
            return false;
        }

        return answer.IsEmpty && _reply.Files == _sent.Length - failed;
    }

    private static void Tell(PackedFile file, PackRecord? told)
    {
        if (told is { Kind: PackKind.Failure } failure)
            file.Fail(PackItem.Translate(file, failure, "put"));
        else
            file.Keep(told is { } renamed ? RemotePath.FromBytes(renamed.Name) : file.Path);
    }

    private static NotVerifiedException Lie() =>
        new("The server's answer about many files does not fit what was sent. Look at them and put them again.");
}
