using System.Buffers;
using Argosy.Wire;

namespace Argosy.Native;

/// <summary>
/// A request's body of many records (docs/protocol.md section 7), in memory until all of it has come and is found right: nothing is done for any of them
/// before. Memory grows with what has come, whatever was announced.
/// </summary>
internal sealed class PackBody : IDisposable
{
    private const int FirstSize = 64 << 10;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _length;

    private PackBody()
    {
    }

    /// <summary>The records, in their order; they lie in this body's memory.</summary>
    public List<PackRecord> Records { get; } = [];

    /// <summary>Takes all of it.</summary>
    /// <param name="session">Whose request it is.</param>
    /// <param name="request">Which.</param>
    /// <param name="most">Bytes that it may have.</param>
    /// <exception cref="WireException">It is too long, or not what was sent.</exception>
    public static async ValueTask<PackBody> ReceiveAsync(NativeSession session, Request request, int most)
    {
        if (request.Body.Length > most)
            throw new WireException(WireError.BadRequest, BodyText.PackTooLong(most));
        var body = new PackBody();
        try
        {
            while (await session.Requests.Body.ReadAsync() is { IsEmpty: false } piece)
                body.Append(piece.Span, most);
            body.Check(request, request.Body.IsChunked ? session.Requests.Body : null);
            body.ReadRecords();
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

    private void Append(ReadOnlySpan<byte> piece, int most)
    {
        if (piece.Length > most - _length)
            throw new WireException(WireError.BadRequest, BodyText.PackTooLong(most));
        if (_bytes.Length - _length < piece.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + piece.Length, 2 * _bytes.Length));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        piece.CopyTo(_bytes.AsSpan(_length));
        _length += piece.Length;
    }

    private void Check(Request request, BodyReader? chunks)
    {
        if (chunks is { IsAbandoned: true })
            throw new WireException(WireError.Abandoned, BodyText.Abandoned);
        if (chunks?.Trailer?.Fault is { } fault)
            throw fault;
        if ((request.Crc32C ?? chunks?.Trailer?.Crc32C) is { } sum && sum != Crc32C.Of(_bytes.AsSpan(0, _length)))
            throw new WireException(WireError.Mismatch, BodyText.WrongSum);
    }

    private void ReadRecords()
    {
        for (ReadOnlyMemory<byte> left = _bytes.AsMemory(0, _length); !left.IsEmpty; left = left[Records[^1].Length..])
        {
            if (!PackRecord.TryRead(left, out PackRecord record))
                throw new WireException(WireError.Mismatch, BodyText.RecordCut);
            if (record.Kind != PackKind.File || record.Name.IsEmpty)
                throw new WireException(WireError.BadRequest, BodyText.NoFile);
            if (Records.Count == Limits.PackFiles)
                throw new WireException(WireError.BadRequest, BodyText.TooManyRecords);
            Records.Add(record);
        }
    }
}
