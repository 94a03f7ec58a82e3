namespace Argosy.Files;

/// <content>What brings bytes in.</content>
public sealed partial class FileSession
{
    private const int LongestUploadId = 255;

    /// <summary>Bytes that are copied within the storage between two looks at quota and session.</summary>
    private const long CopyStep = 16 << 20;

    /// <summary>Asks to write: refused here when it may not be, is over quota, or the name is bad, before a byte is taken.</summary>
    /// <exception cref="FileException"><see cref="FileError.NotPermitted"/>, <see cref="FileError.AlreadyExists"/>, <see cref="FileError.OverQuota"/>,
    /// <see cref="FileError.NoSpace"/>, <see cref="FileError.IsAFolder"/>, <see cref="FileError.NotFound"/> for a missing folder,
    /// <see cref="FileError.InUse"/> where another session has this upload.</exception>
    public async ValueTask<Upload> OpenUploadAsync(UploadRequest request)
    {
        RequireUpload(request);
        request = await GiveWayAsync(request);
        await RequireCountAsync();
        await RequireSpaceAsync(request.Length ?? 0);
        var trusted = request.Checks.Count > 0;
        var staged = await _home.StageAsync(new(request.Path, Name, request.UploadId, request.Length, trusted || request.MustExist));
        Upload upload;
        Reservation? room = null;
        try
        {
            RequireReceived(request, staged);
            var onExisting = Decide(request, staged.Replaces is not null);
            var replaced = onExisting == OnExisting.Replace ? staged.Replaces : null;
            var files = Math.Max(0, 1 - staged.Settled.Files - (replaced is null ? 0 : 1));
            room = new Reservation(Usage, staged.Settled.Bytes, replaced ?? 0, files, Math.Max(request.Length ?? 0, staged.Received));
            await staged.AcceptAsync();
            upload = new Upload(this, request, staged, room, trusted ? new ContentCheck(request.Checks) : null, onExisting, staged.Received);
        }
        catch
        {
            // Nothing was accepted: a new upload leaves nothing, and one that goes on leaves what was received, and its count.
            room?.Dispose();
            await CloseAsync(staged);
            throw;
        }

        var isNew = staged.Received == 0 && staged.Settled == default;
        try
        {
            await upload.CheckReceivedAsync();
            if (request.Append && upload.Offset == 0 && staged.Replaces is not null)
            {
                await CopyInAsync(upload, staged, request.Path);
            }

            return upload;
        }
        catch
        {
            await (isNew ? upload.AbandonAsync() : upload.DisposeAsync());
            throw;
        }
    }

    /// <summary>Copies a file within the home, atomically, under quota.</summary>
    /// <returns>The new entry.</returns>
    public async ValueTask<FileEntry> CopyAsync(RemotePath from, RemotePath to, bool overwrite = true)
    {
        Require(from, Permissions.Read, "read");
        await using var content = await _home.OpenAsync(from);
        var request = new UploadRequest { Path = to, Length = content.Entry.Size, Overwrite = overwrite };
        RequireUpload(request);
        await RequireCountAsync();
        await RequireSpaceAsync(content.Entry.Size);
        var staged = await _home.StageAsync(new(to, Name, null, request.Length, Trust: true));
        try
        {
            var onExisting = Decide(request, staged.Replaces is not null);
            var replaced = onExisting == OnExisting.Replace ? staged.Replaces : null;
            var room = new Reservation(Usage, 0, replaced ?? 0, replaced is null ? 1 : 0, content.Entry.Size);
            await staged.AcceptAsync();
            await using var upload = new Upload(this, request, staged, room, null, onExisting, 0)
            {
                Modified = content.Entry.Modified,
                Mode = content.Entry.Mode,
            };
            await CopyInAsync(upload, staged, content);
            return await upload.CommitAsync();
        }
        finally
        {
            await CloseAsync(staged);
        }
    }

    /// <summary>The account's unfinished uploads. Visitors of a drop box share one name, so what another one began is not shown; who knows an
    /// upload's id goes on with it all the same.</summary>
    public ValueTask<IReadOnlyList<UnfinishedUpload>> ListUploadsAsync()
    {
        RequireLive();
        if (_grant.NumberExisting)
        {
            throw _access.Refusal(RemotePath.Root, "listed");
        }

        return _home.ListUnfinishedAsync(Name);
    }

    /// <summary>Discards an unfinished upload; true where there was one.</summary>
    /// <exception cref="FileException"><see cref="FileError.InUse"/>.</exception>
    public async ValueTask<bool> DiscardUploadAsync(string uploadId)
    {
        RequireLive();
        using var tally = new LeaseTally(Usage);
        return await _home.DiscardUnfinishedAsync(Name, uploadId, tally);
    }

    private static ValueTask CloseAsync(IStaged staged) => staged.DisposeAsync();

    private void RequireUpload(UploadRequest request)
    {
        var needed = request.Append ? Permissions.Append | Permissions.Overwrite : Permissions.Write | Permissions.Overwrite;
        Require(request.Path, needed, "written");
        if (request.Length < 0)
        {
            throw new FileException(FileError.BadName, UploadText.NegativeLength);
        }

        if (request.UploadId is { Length: 0 or > LongestUploadId })
        {
            throw new FileException(FileError.BadName, UploadText.BadId);
        }
    }

    private static void RequireReceived(UploadRequest request, IStaged staged)
    {
        if (request.MustExist && staged.Received == 0)
        {
            throw new FileException(FileError.NotFound, UploadText.NoneOfThatId);
        }
    }

    /// <summary>The ledger asks for a count again when it was found damaged.</summary>
    private async ValueTask RequireCountAsync()
    {
        if (Usage.NeedsCount)
        {
            Usage.NeedsCount = false;
            await _books.CountAsync(_grant.Home, Usage);
        }
    }

    /// <summary>What happens to a file in the way, by what the account may and the client wants.</summary>
    private OnExisting Decide(UploadRequest request, bool exists)
    {
        if (_grant.NumberExisting)
        {
            return OnExisting.Number;
        }

        var mayReplace = _access.Allows(request.Path, request.Append ? Permissions.Append | Permissions.Overwrite : Permissions.Overwrite);
        if (exists && !request.Overwrite)
        {
            throw new FileException(FileError.AlreadyExists, PlaceText.AlreadyExists(request.Path));
        }

        if (exists && !mayReplace)
        {
            throw _access.Refusal(request.Path, "replaced");
        }

        if (!exists)
        {
            Require(request.Path, Permissions.Write, "made");
        }

        return request.Overwrite && mayReplace ? OnExisting.Replace : OnExisting.Refuse;
    }

    private async ValueTask CopyInAsync(Upload upload, IStaged staged, RemotePath from)
    {
        await using var content = await _home.OpenAsync(from);
        await CopyInAsync(upload, staged, content);
    }

    private async ValueTask CopyInAsync(Upload upload, IStaged staged, IContent content)
    {
        while (upload.Offset < content.Entry.Size)
        {
            await RequireWantedAsync();
            var room = await upload.ReserveAsync(Math.Min(CopyStep, content.Entry.Size - upload.Offset));
            var copied = await staged.CopyAsync(content, upload.Offset, room);
            if (copied == 0)
            {
                throw new FileException(FileError.Storage, UploadText.Shortened);
            }

            await upload.AdvanceAsync(copied);
        }
    }
}
