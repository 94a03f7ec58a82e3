namespace Argosy.Client;

/// <summary>One file's way down into a local folder: compared where that is wanted, continued where it was cut, else fetched whole.</summary>
/// <param name="client">The session.</param>
/// <param name="path">The file on the server.</param>
/// <param name="folder">Where it goes.</param>
/// <param name="name">What it is to be called there.</param>
/// <param name="findPlace">Says the same as a whole path, for <see cref="UnfinishedTransfers"/>.</param>
/// <param name="options">How.</param>
/// <param name="stop">Gives up.</param>
internal sealed class FileGet(
    FileClient client, RemotePath path, LocalFolder folder, byte[] name, Func<string> findPlace, GetOptions options, CancellationToken stop)
{
    private const int MostAttempts = 5;

    private bool IsWhole => options is { Offset: 0, Length: null };

    /// <param name="listed">What a listing said of it, where there was one.</param>
    /// <exception cref="FileChangedException">Every time it was fetched it changed meanwhile.</exception>
    public async Task<Fetched> RunAsync(RemoteEntry? listed = null)
    {
        var remote = listed;
        if (options.SkipIdentical || options.Resume is not null)
            remote ??= await client.StatAsync(path, cancellationToken: stop).ConfigureAwait(false);
        if (remote is { Kind: EntryKind.File } && IsWhole)
        {
            if (options is { SkipIdentical: true, Overwrite: true } && await FindSameAsync(remote).ConfigureAwait(false) is { } same)
                return same;
            if (remote.Size is >= 0 and <= FileClient.SmallFile && await TryGetSmallAsync((int)remote.Size).ConfigureAwait(false) is { } small)
                return small;
        }

        using var open = await client.OpenFiles.EnterAsync(stop).ConfigureAwait(false);
        using var transfer = remote is { Kind: EntryKind.File, Size: >= FilePut.LeastToResume } && IsWhole
            ? options.Resume?.TryOpen(UnfinishedTransfers.GetKey(client.Url, path, findPlace()))
            : null;
        return await FetchAsync(transfer).ConfigureAwait(false);
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
            var fetched = await client.FetchSmallAsync(path, new(buffer, 0, size), options, stop).ConfigureAwait(false);
            await LocalTarget.KeepAsync(
                folder, name, buffer.AsMemory(0, size), fetched, options.Overwrite, options.IsFolderNew).ConfigureAwait(false);
            return fetched;
        }
        catch (FileChangedException)
        {
            return null;
        }
        finally
        {
            client.Buffers.Return(buffer);
        }
    }

    /// <summary>The local file where it has the same bytes. Compared only when the lengths are equal, and by SHA-256.</summary>
    private async Task<Fetched?> FindSameAsync(RemoteEntry remote)
    {
        if (folder.Find(name) is not { Kind: EntryKind.File } known || known.Size != remote.Size)
            return null;
        using var place = await client.OpenFiles.EnterAsync(stop).ConfigureAwait(false);
        if (folder.OpenFile(name, out var facts) is not { } open)
            return null;
        var theirs = client.HashAsync(path, HashAlgorithm.Sha256, stop);
        var local = LocalFile.Of(open, facts, folder.PlaceOf(name));
        await using var closing = local.ConfigureAwait(false);
        try
        {
            if (await FileChecksum.Sha256Async(local.Content, options.Progress, stop).ConfigureAwait(false) != await theirs.ConfigureAwait(false))
                return null;
        }
        catch (FileChangedException)
        {
            return null;
        }

        if (!Times.AreSame(facts.Modified, remote.Modified))
            Posix.SetModified(local.Handle, remote.Modified);
        return new Fetched(0, remote.Size, remote.Modified, remote.Mode, WasThere: true);
    }

    /// <summary>Fetches it into a hidden file, as often as it changes meanwhile or the line is lost because this process was stopped.</summary>
    private async Task<Fetched> FetchAsync(UnfinishedTransfer? transfer)
    {
        var target = LocalTarget.Open(folder, name, options.Overwrite);
        await using var cleaning = target.ConfigureAwait(false);
        target.IsResumable = transfer is not null;
        if (transfer is null)
            target.File.SetLength(0);
        for (var attempt = 1; ; attempt++)
        {
            var session = client.Session;
            try
            {
                var fetched = await FillAsync(transfer, target.File).ConfigureAwait(false);
                target.Keep(fetched);
                transfer?.Remove();
                return fetched;
            }
            catch (FileChangedException) when (attempt < MostAttempts)
            {
                // The next look finds the new version, and keeps of the old one what both have in common.
            }
            catch (ClientException) when (attempt < MostAttempts && session.IsLostByPause)
            {
                await client.ReconnectAsync(session, stop).ConfigureAwait(false);
            }
        }
    }

    private async Task<Fetched> FillAsync(UnfinishedTransfer? transfer, LocalStream part)
    {
        // Nothing is here that could be kept: one question less.
        if (part.Length == 0 && transfer is null)
            return await FetchAnewAsync(part).ConfigureAwait(false);
        // Where it is gone, or the server cannot tell versions apart: the whole file, or the reason why not.
        if (!IsWhole || await client.StatAsync(path, cancellationToken: stop).ConfigureAwait(false) is not { Revision: { } revision } remote)
            return await FetchAnewAsync(part).ConfigureAwait(false);

        if (part.Length > remote.Size)
            part.SetLength(remote.Size);
        transfer?.Write(new UnfinishedState { Size = remote.Size });
        // Nothing says what happened to the part since it came: not whose version it is, and not whether somebody or a lost power touched it.
        if (part.Length > 0)
            await FetchDifferencesAsync(part, revision).ConfigureAwait(false);
        part.Position = part.Length;
        var rest = options with { Offset = part.Length, Revision = revision };
        var fetched = await client.FetchAsync(path, part, rest, stop).ConfigureAwait(false);
        if (fetched.Size != part.Length)
            throw new NotVerifiedException($"{path} has {fetched.Size} bytes, but {part.Length} came. Get it again.");
        await client.RequireUnchangedAsync(path, fetched, stop).ConfigureAwait(false);
        return fetched;
    }

    private async Task<Fetched> FetchAnewAsync(LocalStream part)
    {
        part.SetLength(part.Position = 0);
        var fetched = await client.FetchAsync(path, part, options, stop).ConfigureAwait(false);
        if (fetched.MayBeMixed)
            await client.RequireUnchangedAsync(path, fetched, stop).ConfigureAwait(false);
        return fetched;
    }

    private async Task FetchDifferencesAsync(LocalStream part, string revision)
    {
        var length = part.Length;
        using var blocks = await client.SumBlocksAsync(path, null, length, stop).ConfigureAwait(false);
        if (blocks.Revision != revision)
            throw Download.Changed(path);
        await foreach (var (offset, _, size) in blocks.FindDifferencesAsync(length, ReadAsync, stop).ConfigureAwait(false))
        {
            var block = new byte[size];
            var how = options with { Offset = offset, Length = size, Revision = revision, Progress = null };
            await client.FetchAsync(path, () => new MemoryStream(block), how, stop).ConfigureAwait(false);
            await part.WriteAtAsync(block, offset, stop).ConfigureAwait(false);
        }

        async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer)
        {
            options.Progress?.Report(new TransferProgress(offset, length) { IsComparing = true });
            part.Position = offset;
            return await part.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stop).ConfigureAwait(false);
        }
    }
}
