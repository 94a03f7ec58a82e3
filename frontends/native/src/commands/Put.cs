using System.Buffers;
using Argosy.Files;
using Argosy.Sockets;
using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary>
/// <c>put</c>: a file, staged where nobody sees it and published whole, once every sum that the client gave is found right. Whatever
/// goes wrong before its last byte is a refusal: answered at once, the rest discarded.
/// </summary>
internal static class Put
{
    /// <summary>Bodies from this size on are worth a system call of their own.</summary>
    private const int Large = 64 << 10;

    /// <summary>Bodies from this size on are moved as one part of the handler, where nothing is handed from thread to thread.</summary>
    private const long Bulk = 256 << 10;

    private const long MostAtOnce = 16 << 20;

    /// <summary>Blocks up to this size, which is that of <c>blocks</c>, are held in memory until their sum is found right.</summary>
    private const long MostReplaced = 1 << 20;

    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        CheckSums(session, request);
        if (request.More)
        {
            await ReplaceAsync(session, request);
            return;
        }

        RemotePath path = session.Files.Resolve(request.Path);
        BodyReader body = session.Requests.Body;
        if (IsWhole(request, body))
        {
            await StoreAsync(session, request, path);
            return;
        }

        await using Upload upload = await OpenAsync(session, request, path);
        uint? sum = null;
        if ((request.Size ?? request.Body.Length ?? long.MaxValue) >= Bulk)
            await session.BulkAsync(async () => sum = await ReceiveAsync(session, request, upload));
        else
            sum = await ReceiveAsync(session, request, upload);
        Trailer? trailer = request.Body.IsChunked ? body.Trailer : null;
        await VerifyAsync(session, request, upload, trailer, sum);

        if (request is { Upload: not null, Size: { } size } && upload.Offset < size)
        {
            Stop(session, request, upload.Offset, size);
            return;
        }

        upload.Modified = Modified(request, trailer);
        upload.Mode = trailer?.Mode ?? request.Mode;
        FileEntry entry = await upload.CommitAsync(Expected(request, trailer));
        Answer(session, request, path, entry);
    }

    /// <summary>The client ends a body early to go on with the upload later: that is its way to stop, and nobody refused it anything.</summary>
    private static void Stop(NativeSession session, Request request, long received, long size)
    {
        Log.Stopped(session.Context.Logger, Printable.Of(request.Path), session.Account, received);
        session.Send(Errors.Reply(request.Id, WireError.Mismatch, BodyText.Missing(size - received, size)));
    }

    /// <summary>True where every byte of a small file is here: it is checked before the disk hears of it.</summary>
    private static bool IsWhole(Request request, BodyReader body) =>
        request is { Upload: null, Offset: null or 0, Body.IsChunked: false } && request.Body.Length < Large && body.IsHere;

    private static async ValueTask StoreAsync(NativeSession session, Request request, RemotePath path)
    {
        ReadOnlyMemory<byte> content = await session.Requests.Body.ReadAsync();
        uint? sum = request.Crc32C is null ? null : Crc32C.Of(content.Span);
        if (Wrong(session, request, null, sum) is { } wrong)
            throw wrong;
        var wanted = new UploadRequest { Path = path, Length = content.Length, Overwrite = request.Overwrite };
        Answer(session, request, path, await session.Files.StoreAsync(wanted, content, Modified(request, null), request.Mode, Expected(request, null)));
    }

    private static void Answer(NativeSession session, Request request, RemotePath path, FileEntry entry) =>
        session.Send(new Reply
        {
            Id = request.Id,
            Path = RemotePath.Resolve(path.Parent, entry.Name.Span).ToWire(),
            Size = entry.Size,
            MTime = Entries.ToMicroseconds(entry.Modified),
        });

    private static DateTime? Modified(Request request, Trailer? trailer) =>
        (trailer?.MTime ?? request.MTime) is { } modified ? Entries.FromMicroseconds(modified) : null;

    private static void CheckSums(NativeSession session, Request request)
    {
        if (session.Requests.IsSealed && request is { Check: not BodyCheck.None, Crc32C: null, Body.IsChunked: false })
            throw new WireException(WireError.BadRequest, BodyText.NoSum);
        if (request is { More: false, Size: { } size, Body.Length: { } length } && (request.Offset ?? 0) + length != size)
            throw new WireException(WireError.Mismatch, BodyText.OtherEnd);
    }

    private static async ValueTask<Upload> OpenAsync(NativeSession session, Request request, RemotePath path)
    {
        var wanted = new UploadRequest
        {
            Path = path,
            Length = request.Size ?? request.Offset.GetValueOrDefault() + request.Body.Length,
            Overwrite = request.Overwrite,
            UploadId = request.Upload,
            Checks = Algorithms(request),
        };
        Upload upload = await session.Files.OpenUploadAsync(wanted);
        long offset = request.Offset ?? 0;
        if (upload.Offset == offset)
            return upload;

        long received = upload.Offset;
        if (offset == 0)
            await upload.AbandonAsync();
        await upload.DisposeAsync();
        return offset == 0
            ? await session.Files.OpenUploadAsync(wanted)
            : throw new WireException(WireError.Mismatch, BodyText.GoesOnAt(received));
    }

    /// <summary>Writes the body over bytes of an unfinished upload that came before. Nothing is published.</summary>
    private static async ValueTask ReplaceAsync(NativeSession session, Request request)
    {
        if (request is { Upload: null } or { Body.IsChunked: true })
            throw new WireException(WireError.BadRequest, BodyText.MoreNeeds);
        RemotePath path = session.Files.Resolve(request.Path);
        await using Upload upload = await session.Files.OpenUploadAsync(
            new UploadRequest { Path = path, Length = request.Size, Overwrite = request.Overwrite, UploadId = request.Upload, MustExist = true });
        long offset = request.Offset ?? 0;
        if (request.Body.Length > upload.Offset - offset)
            throw new WireException(WireError.Mismatch, BodyText.OnlyReceived(upload.Offset));
        if (request.Body.Length <= MostReplaced)
            await ReplaceWholeAsync(session, request, upload, offset);
        else
            await ReplaceInPiecesAsync(session, request, upload, offset);
        session.Send(new Reply { Id = request.Id, Path = path.ToWire(), Size = upload.Offset });
    }

    /// <summary>A block is judged before it is written: a wrong one changes nothing of what came before, and may be sent again.</summary>
    private static async ValueTask ReplaceWholeAsync(NativeSession session, Request request, Upload upload, long offset)
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(Large);
        try
        {
            int length = 0;
            while (await session.Requests.Body.ReadAsync() is { IsEmpty: false } piece)
            {
                if (block.Length - length < piece.Length)
                    block = Larger(block, length, piece.Length);
                piece.CopyTo(block.AsMemory(length));
                length += piece.Length;
            }

            if (Wrong(session, request, null, request.Crc32C is null ? null : Crc32C.Of(block.AsSpan(0, length))) is { } wrong)
                throw wrong;
            await upload.ReplaceAsync(offset, block.AsMemory(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static byte[] Larger(byte[] block, int length, int more)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(length + more, block.Length * 2));
        block.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(block);
        return larger;
    }

    /// <summary>More than is held in memory: bytes whose sum is wrong are written by then. They stay, and the upload goes on only after they were compared.</summary>
    private static async ValueTask ReplaceInPiecesAsync(NativeSession session, Request request, Upload upload, long offset)
    {
        Crc32C sum = default;
        long at = offset;
        while (await session.Requests.Body.ReadAsync() is { IsEmpty: false } piece)
        {
            sum.Append(piece.Span);
            await upload.ReplaceAsync(at, piece);
            at += piece.Length;
        }

        if (Wrong(session, request, null, request.Crc32C is null ? null : sum.Value) is not { } wrong)
            return;
        await upload.DoubtAsync(offset);
        throw wrong;
    }

    /// <summary>Moves the body into the upload; returns the sum of its bytes where somebody may ask for it.</summary>
    private static async ValueTask<uint?> ReceiveAsync(NativeSession session, Request request, Upload upload)
    {
        BodyReader body = session.Requests.Body;
        bool summed = request.Body.IsChunked || request.Crc32C is not null;
        bool moved = !summed && request.Check == BodyCheck.None && request.Body.Length >= Large && session.Connection.IsPlain;
        Crc32C sum = default;
        while (true)
        {
            if (moved && !body.HasBuffered && body.IsUnderWay && upload.File is not null)
            {
                moved = await TryMoveAsync(body, upload);
                continue;
            }

            ReadOnlyMemory<byte> piece = await body.ReadAsync();
            if (piece.IsEmpty)
                return summed ? sum.Value : null;
            if (summed)
                sum.Append(piece.Span);
            await upload.WriteAsync(piece);
        }
    }

    /// <summary>False where the file refused what the kernel moved: the bytes are still to be read, and writing them says what is wrong.</summary>
    private static async ValueTask<bool> TryMoveAsync(BodyReader body, Upload upload)
    {
        long room = await upload.ReserveAsync(Math.Min(body.Remaining, MostAtOnce));
        try
        {
            await upload.AdvanceAsync(await body.ReceiveToFileAsync(upload.File!, upload.Offset, room));
            return true;
        }
        catch (IOException e) when (e is not ConnectionException)
        {
            return false;
        }
    }

    /// <summary>What is wrong by this body's own word is worth nothing: it is discarded, even where it could have been continued.</summary>
    private static async ValueTask VerifyAsync(NativeSession session, Request request, Upload upload, Trailer? trailer, uint? sum)
    {
        if (Wrong(session, request, trailer, sum) is not { } wrong)
            return;
        await upload.AbandonAsync();
        throw wrong;
    }

    private static WireException? Wrong(NativeSession session, Request request, Trailer? trailer, uint? sum)
    {
        if (session.Requests.Body.IsAbandoned)
            return new WireException(WireError.Abandoned, BodyText.Abandoned);
        if (trailer?.Fault is { } fault)
            return fault;
        if ((request.Crc32C ?? sum) != sum || (trailer?.Crc32C ?? sum) != sum)
            return new WireException(WireError.Mismatch, BodyText.WrongSum);
        return session.Requests.IsSealed && request.Check != BodyCheck.None && (request.Crc32C ?? trailer?.Crc32C) is null
            ? new WireException(WireError.BadRequest, BodyText.NoSum)
            : null;
    }

    private static ChecksumAlgorithm[] Algorithms(Request request) => request switch
    {
        { Md5: null, Sha256: null } => [],
        { Md5: null } => [ChecksumAlgorithm.Sha256],
        { Sha256: null } => [ChecksumAlgorithm.Md5],
        _ => [ChecksumAlgorithm.Md5, ChecksumAlgorithm.Sha256],
    };

    private static List<Checksum> Expected(Request request, Trailer? trailer)
    {
        var expected = new List<Checksum>();
        Add(ChecksumAlgorithm.Md5, request.Md5);
        Add(ChecksumAlgorithm.Md5, trailer?.Md5);
        Add(ChecksumAlgorithm.Sha256, request.Sha256);
        Add(ChecksumAlgorithm.Sha256, trailer?.Sha256);
        return expected;

        void Add(ChecksumAlgorithm algorithm, byte[]? digest)
        {
            if (digest is not null)
                expected.Add(new Checksum(algorithm, Convert.ToHexStringLower(digest)));
        }
    }
}
