namespace Argosy.Client;

/// <summary>One file's way down into a local folder: compared where that is wanted, continued where it was cut, else fetched whole.</summary>
/// <param name="client">The session.</param>
/// <param name="path">The file on the server.</param>
/// <param name="folder">Where it goes.</param>
/// <param name="name">What it is to be called there.</param>
/// <param name="findPlace">Says the same as text, for <see cref="UnfinishedTransfers"/>; null where that cannot be said.</param>
/// <param name="options">How.</param>
/// <param name="stop">Gives up.</param>
internal sealed class FileGet(
    FileClient client, RemotePath path, LocalFolder folder, byte[] name, Func<string?> findPlace, GetOptions options, CancellationToken stop)
{
    private const int MostAttempts = 5;

    /// <param name="listed">What a listing said of it, where there was one.</param>
    public async Task<Fetched> RunAsync(RemoteEntry? listed = null)
    {
        var remote = listed;
        if (options.SkipIdentical || options.Resume is not null)
            remote ??= await client.StatAsync(path, cancellationToken: stop).ConfigureAwait(false);
        if (remote is { Kind: EntryKind.File } && options is { Offset: 0, Length: null })
        {
            if (options is { SkipIdentical: true, Overwrite: true } && await FindSameAsync(remote).ConfigureAwait(false) is { } same)
                return same;
            if (remote.Size is >= 0 and <= FileClient.SmallFile && await TryGetSmallAsync((int)remote.Size).ConfigureAwait(false) is { } small)
                return small;
        }

        using var open = await client.OpenFiles.EnterAsync(stop).ConfigureAwait(false);
        if (remote is { Kind: EntryKind.File, Size: >= FilePut.LeastToResume } && options is { Offset: 0, Length: null } && findPlace() is { } place
            && options.Resume?.TryOpen(UnfinishedTransfers.GetKey(client.Url, path, place)) is { } transfer)
        {
            using (transfer)
                return await ContinueAsync(transfer).ConfigureAwait(false);
        }

        var target = LocalTarget.Open(folder, name, options.Overwrite);
        await using var cleaning = target.ConfigureAwait(false);
        target.File.SetLength(0);
        var fetched = await client.GetAsync(path, target.File, options, stop).ConfigureAwait(false);
        target.Keep(fetched);
        return fetched;
    }

    /// <summary>
    /// A small file comes into memory, so that the disk is touched once, and only for what is right. Null where it is not as long as it was: then
    /// nothing is known of how long it is.
    /// </summary>
    private async Task<Fetched?> TryGetSmallAsync(int size)
    {
        var buffer = await client.Buffers.RentAsync(size, stop).ConfigureAwait(false);
        try
        {
            var fetched = await client.GetAsync(
                path, new MemoryStream(buffer, 0, size), options with { Size = size }, stop).ConfigureAwait(false);
            await LocalTarget.KeepAsync(
                folder, name, buffer.AsMemory(0, size), fetched, options.Overwrite, options.IsFolderNew).ConfigureAwait(false);
            return fetched;
        }
        catch (OtherRevisionException)
        {
            return null;
        }
        finally
        {
            client.Buffers.Return(buffer);
        }
    }

    /// <summary>The local file where it has the same bytes. Compared only when the lengths are equal, and by a checksum.</summary>
    private async Task<Fetched?> FindSameAsync(RemoteEntry remote)
    {
        if (folder.Find(name) is not { Kind: EntryKind.File } known || known.Size != remote.Size)
            return null;
        using var place = await client.OpenFiles.EnterAsync(stop).ConfigureAwait(false);
        if (folder.OpenFile(name, out var facts) is not { } open)
            return null;
        var theirs = client.HashAsync(path, HashAlgorithm.Crc32C, stop);
        var local = LocalFile.Of(open, facts, name);
        await using var closing = local.ConfigureAwait(false);
        if (await FileChecksum.Crc32CAsync(local.Content, options.Progress, stop).ConfigureAwait(false) != await theirs.ConfigureAwait(false))
            return null;
        if (facts.Modified != remote.Modified)
            Posix.SetModified(local.Content.SafeFileHandle, remote.Modified);
        return new Fetched(0, remote.Size, remote.Modified, remote.Mode, WasThere: true);
    }

    private async Task<Fetched> ContinueAsync(UnfinishedTransfer transfer)
    {
        var target = LocalTarget.Open(folder, name, options.Overwrite);
        await using var cleaning = target.ConfigureAwait(false);
        target.IsResumable = true;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var fetched = await FetchAsync(transfer, target.File).ConfigureAwait(false);
                target.Keep(fetched);
                transfer.Remove();
                return fetched;
            }
            catch (OtherRevisionException) when (attempt < MostAttempts)
            {
                // The next look finds the new version, and keeps of the old one what both have in common.
            }
        }
    }

    private async Task<Fetched> FetchAsync(UnfinishedTransfer transfer, FileStream part)
    {
        var remote = await client.StatAsync(path, cancellationToken: stop).ConfigureAwait(false);
        if (remote?.Revision is not { } revision)
        {
            // It is gone, or the server cannot tell versions apart: the whole file, or the reason why not.
            part.SetLength(part.Position = 0);
            return await client.GetAsync(path, part, options, stop).ConfigureAwait(false);
        }

        if (part.Length > remote.Size)
            part.SetLength(remote.Size);
        var state = new UnfinishedState { Version = revision, Size = remote.Size };
        var known = transfer.Read();
        if (part.Length > 0 && (known?.Version != revision || known.Boot != UnfinishedState.ThisBoot))
        {
            // Until all blocks are compared the part may be a mix of two versions; whoever is killed meanwhile has to know.
            transfer.Write(state with { Version = null });
            await FetchDifferencesAsync(part, revision).ConfigureAwait(false);
        }

        transfer.Write(state);
        part.Position = part.Length;
        var rest = options with { Offset = part.Length, Revision = revision };
        var fetched = await client.GetAsync(path, part, rest, stop).ConfigureAwait(false);
        return fetched.Size == part.Length
            ? fetched
            : throw new NotVerifiedException($"{path} has {fetched.Size} bytes, but {part.Length} came. Get it again.");
    }

    private async Task FetchDifferencesAsync(FileStream part, string revision)
    {
        var length = part.Length;
        using var blocks = await client.SumBlocksAsync(path, null, length, stop).ConfigureAwait(false);
        if (blocks.Revision != revision)
            throw new OtherRevisionException();
        await foreach (var (offset, _, size) in blocks.FindDifferencesAsync(length, ReadAsync, stop).ConfigureAwait(false))
        {
            using var block = new MemoryStream(size);
            var how = options with { Offset = offset, Length = size, Revision = revision, Progress = null };
            await client.GetAsync(path, block, how, stop).ConfigureAwait(false);
            await RandomAccess.WriteAsync(part.SafeFileHandle, block.GetBuffer().AsMemory(0, (int)block.Length), offset, stop).ConfigureAwait(false);
        }

        async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer)
        {
            options.Progress?.Report(new TransferProgress(offset, length) { IsComparing = true });
            part.Position = offset;
            return await part.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stop).ConfigureAwait(false);
        }
    }
}
