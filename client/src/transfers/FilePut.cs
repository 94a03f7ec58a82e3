using System.Security.Cryptography;
using Argosy.Wire;

namespace Argosy.Client;

/// <summary>One local file's way up: compared where that is wanted, continued where it was cut, else sent from its beginning.</summary>
internal sealed class FilePut(FileClient client, LocalFile file, RemotePath path, PutOptions options, CancellationToken stop)
{
    /// <summary>Remembering costs more than sending less again.</summary>
    public const long LeastToResume = 2 * 1024 * 1024;

    private const int BlocksAtATime = 4;

    // A server may take this long to notice that the connection of an upload is gone (docs/protocol.md section 4).
    private static readonly TimeSpan DeadSession = TimeSpan.FromSeconds(45);

    public async Task<Stored> RunAsync()
    {
        if (options.SkipIdentical && options.Overwrite && file.Facts is { } facts && await FindSameAsync(facts).ConfigureAwait(false) is { } same)
            return same;
        if (options.Resume is { } memory && file is { Facts: { Size: >= LeastToResume } known, Path: { } local })
        {
            using var transfer = memory.TryOpen(UnfinishedTransfers.PutKey(client.Url, path, local));
            if (transfer is not null)
                return await ContinueAsync(transfer, known).ConfigureAwait(false);
        }

        if (file.Facts is { Size: <= FileClient.SmallFile } small)
            return await client.PutSmallAsync(file, (int)small.Size, path, options, stop).ConfigureAwait(false);
        return await client.PutAsync(file.Content, path, options with { IsUnchanged = () => file.IsUnchanged }, stop).ConfigureAwait(false);
    }

    /// <summary>The file on the server where it has the same bytes. Compared only when the lengths are equal, and by a checksum.</summary>
    private async Task<Stored?> FindSameAsync(FileFacts facts)
    {
        try
        {
            if (await client.StatAsync(path, cancellationToken: stop).ConfigureAwait(false) is not { Kind: EntryKind.File } remote
                || remote.Size != facts.Size)
                return null;
            var theirs = client.HashAsync(path, HashAlgorithm.Crc32C, stop);
            var ours = await FileChecksum.Crc32CAsync(file.Content, options.Progress, stop).ConfigureAwait(false);
            file.Content.Position = 0;
            if (ours != await theirs.ConfigureAwait(false))
                return null;
            var modified = options.Modified ?? remote.Modified;
            if (modified != remote.Modified)
                await client.TouchAsync(path, modified, stop).ConfigureAwait(false);
            return new Stored(path, remote.Size, modified, WasThere: true);
        }
        catch (RefusedException)
        {
            // Without the permission to look, or from a server without the algorithm: the file is simply sent.
            file.Content.Position = 0;
            return null;
        }
    }

    private async Task<Stored> ContinueAsync(UnfinishedTransfer transfer, FileFacts facts)
    {
        var known = transfer.Read();
        var state = new UnfinishedState
        {
            Upload = known?.Upload ?? NewId(),
            Version = facts.Stamp,
            Size = facts.Size,
        };
        var received = known?.Upload is not null && known.Size == facts.Size
            ? await AskReceivedAsync(client, path, known.Upload, stop).ConfigureAwait(false)
            : 0;
        if (received > facts.Size)
        {
            // Nobody sent as much: what the server has under this id is of no use.
            state = state with { Upload = NewId() };
            received = 0;
        }

        if (received > 0 && known!.Version != facts.Stamp)
        {
            // Until all blocks are compared the server may hold a mix of two versions; whoever is killed meanwhile has to know.
            transfer.Write(state with { Version = null });
            await ReplaceDifferencesAsync(state.Upload, received, facts).ConfigureAwait(false);
        }

        transfer.Write(state);
        try
        {
            var stored = await SendAsync(state.Upload, received, facts).ConfigureAwait(false);
            transfer.Remove();
            return stored;
        }
        catch (IOException) when (!file.IsUnchanged)
        {
            transfer.Write(state with { Version = null });
            throw;
        }
    }

    private static string NewId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private Task<Stored> SendAsync(string upload, long received, FileFacts facts)
    {
        file.Content.Position = received;
        var how = options with { Upload = upload, Offset = received, IsUnchanged = () => file.IsUnchanged };
        return client.RunAsync(new ChunkedUpload(path, file.Content, default, facts.Size, how), stop);
    }

    /// <summary>How much of the upload the server has; 0 where it knows of none.</summary>
    public static async Task<long> AskReceivedAsync(FileClient client, RemotePath path, string upload, CancellationToken stop)
    {
        var giveUp = Environment.TickCount64 + (long)DeadSession.TotalMilliseconds;
        for (var pause = 20; ; pause = Math.Min(2 * pause, 1000))
        {
            try
            {
                using var blocks = await client.SumBlocksAsync(path, upload, 0, stop).ConfigureAwait(false);
                return blocks.Size;
            }
            catch (RefusedException refused) when (refused.Error == WireError.InUse.Name() && Environment.TickCount64 < giveUp)
            {
                // The id is this transfer's own: only its dead connection can have it.
                await Task.Delay(pause, stop).ConfigureAwait(false);
            }
            catch (RefusedException refused) when (refused.Error != WireError.InUse.Name())
            {
                return 0;
            }
        }
    }

    private async Task ReplaceDifferencesAsync(string upload, long received, FileFacts facts)
    {
        using var blocks = await client.SumBlocksAsync(path, upload, received, stop).ConfigureAwait(false);
        var sending = new Queue<Task>();
        await foreach (var (offset, local, size) in blocks.FindDifferencesAsync(received, ReadAsync, stop).ConfigureAwait(false))
        {
            if (local.Length < size)
                throw Upload.Changed();
            if (sending.Count == BlocksAtATime)
                await sending.Dequeue().ConfigureAwait(false);
            sending.Enqueue(client.RunAsync(
                new PieceUpload(path, upload, facts.Size, offset, local.ToArray(), options.Overwrite), stop));
        }

        await Task.WhenAll(sending).ConfigureAwait(false);
    }

    private async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer)
    {
        options.Progress?.Report(new TransferProgress(offset, file.Content.Length) { IsComparing = true });
        file.Content.Position = offset;
        return await file.Content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stop).ConfigureAwait(false);
    }
}
