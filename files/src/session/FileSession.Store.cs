namespace Argosy.Files;

/// <content>Files that are here whole before the disk is asked for anything.</content>
public sealed partial class FileSession
{
    /// <summary>Stores a file of which every byte is here, with the rules, the quota and the atomicity of any upload.</summary>
    /// <param name="request">What is wanted. Without an upload id, and where the account may make and replace files, it takes one visit to the disk.</param>
    /// <param name="content">All of it.</param>
    /// <param name="modified">Modification time; null for now.</param>
    /// <param name="mode">Permission bits, within the server's umask; null for the default.</param>
    /// <param name="expected">Checksums that have to be right.</param>
    /// <exception cref="FileException">As for <see cref="OpenUploadAsync"/> and <see cref="Upload.CommitAsync"/>.</exception>
    public async ValueTask<FileEntry> StoreAsync(
        UploadRequest request, ReadOnlyMemory<byte> content, DateTime? modified = null, int? mode = null, IReadOnlyList<Checksum>? expected = null)
    {
        if (!IsPlain(request))
        {
            return await StageWholeAsync(request, content, modified, mode, expected);
        }

        RequireUpload(request);
        RequireWhole(request, content, expected ?? []);
        await RequireCountAsync();
        await RequireSpaceAsync(content.Length);
        var entry = await _home.StoreAsync(request.Path, content, new(OnExisting.Replace, modified, mode), new LeaseTally(Usage));
        Log.Uploaded(Name, request.Path, content.Length);
        return entry;
    }

    /// <summary>True where what is at the path decides nothing: it may be made, and it may be replaced.</summary>
    private bool IsPlain(UploadRequest request) =>
        request is { UploadId: null, Append: false, Overwrite: true } && !_grant.NumberExisting
        && _access.Allows(request.Path, Permissions.Write) && _access.Allows(request.Path, Permissions.Overwrite);

    private async ValueTask<FileEntry> StageWholeAsync(
        UploadRequest request, ReadOnlyMemory<byte> content, DateTime? modified, int? mode, IReadOnlyList<Checksum>? expected)
    {
        await using var upload = await OpenUploadAsync(request);
        await upload.WriteAsync(content);
        (upload.Modified, upload.Mode) = (modified, mode);
        return await upload.CommitAsync(expected);
    }

    private static void RequireWhole(UploadRequest request, ReadOnlyMemory<byte> content, IReadOnlyList<Checksum> expected)
    {
        if (request.Length is { } length && length != content.Length)
        {
            throw new FileException(FileError.Mismatch, UploadText.OtherLength(request.Path, length, content.Length));
        }

        if (expected.Count == 0)
        {
            return;
        }

        using var check = new ContentCheck(expected.Select(checksum => checksum.Algorithm));
        check.Append(content.Span);
        foreach (var checksum in expected)
        {
            if (checksum.Mismatch(check.Result(checksum.Algorithm)!, request.Path) is { } mismatch)
            {
                throw new FileException(FileError.Mismatch, mismatch);
            }
        }
    }
}
