using System.Buffers;
using Argosy.Wire;

namespace Argosy.Client;

/// <summary>Many small files that come down in one reply.</summary>
internal sealed class PackDownload(IReadOnlyList<WantedFile> files) : Exchange<bool>
{
    private readonly ArrayBufferWriter<byte> _begun = new(); // A record that has not all come.
    private WantedFile[] _asked = [];
    private int _next;

    public override bool IsTransfer => true;

    public override bool ExpectsBody => true;

    public override bool TryBegin()
    {
        _asked = [.. files.Where(file => file.IsWanted)];
        if (_asked.Length == 0)
            Succeed(false);
        return base.TryBegin();
    }

    public override Request Describe(long id) =>
        new() { Command = "fetch", Id = id, Body = Body.Exact(_asked.Sum(static file => (long)file.Record.Length)) };

    public override ValueTask SendBodyAsync(FrameOutput output)
    {
        foreach (var file in _asked)
            file.Record.WriteTo(output);
        return ValueTask.CompletedTask;
    }

    public override void Accept(Reply reply)
    {
        if (!reply.Body.IsChunked)
            throw Lie();
    }

    public override ValueTask ReceiveAsync(ReadOnlyMemory<byte> piece)
    {
        var first = _next;
        while (!piece.IsEmpty)
        {
            if (_begun.WrittenCount == 0 && PackRecord.TryRead(piece, out var record))
            {
                Take(record);
                piece = piece[record.Length..];
            }
            else
            {
                piece = piece[Gather(piece)..];
            }
        }

        if (_next > first)
            ThreadPool.UnsafeQueueUserWorkItem(static taken => taken.Tell(), new Taken(_asked, first, _next), preferLocal: false);
        return ValueTask.CompletedTask;
    }

    public override void Finish(Trailer? trailer)
    {
        if (_next != _asked.Length || _begun.WrittenCount > 0 || trailer?.Count != _next)
            Fail(Lie());
        else
            Succeed(true);
    }

    /// <summary>Takes what a record lacks that has begun, as far as it is here; how many bytes.</summary>
    private int Gather(ReadOnlyMemory<byte> piece)
    {
        var whole = PackRecord.TryReadLength(_begun.WrittenSpan, out var length) ? length : PackRecord.HeadSize;
        var taken = Math.Min(whole - _begun.WrittenCount, piece.Length);
        _begun.Write(piece.Span[..taken]);
        if (PackRecord.TryRead(_begun.WrittenMemory, out var record))
        {
            Take(record);
            _begun.ResetWrittenCount();
        }

        return taken;
    }

    private void Take(in PackRecord record)
    {
        if (_next == _asked.Length)
            throw Lie();
        var file = _asked[_next];
        if (record.Kind != PackKind.File && !(record.Kind == PackKind.Failure && record.Number == _next))
            throw Lie();
        file.Take(record);
        _next++;
    }

    private static NotVerifiedException Lie() =>
        new("What the server sends of many files does not fit what was asked for. Nothing unverified was kept; try again.");

    /// <summary>Files whose records have come.</summary>
    private sealed record Taken(WantedFile[] Files, int First, int End)
    {
        public void Tell()
        {
            for (var i = First; i < End; i++)
                Files[i].Tell();
        }
    }
}
