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

    private const int MostAttempts = 5;

    private PutOptions Options => options with
    {
        Modified = options.Modified ?? file.Facts?.Modified,
        Mode = options.Mode ?? file.Facts?.Mode,
        IsUnchanged = () => file.IsUnchanged,
    };

    /// <summary>Stores it, as often as it changes meanwhile or the line is lost because this process was stopped.</summary>
    /// <exception cref="LocalFileException">It cannot be read, or changed every time.</exception>
    public async Task<Stored> RunAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var session = client.Session;
            try
            {
                return await SendAsync().ConfigureAwait(false);
            }
            catch (LocalFileException failure) when (failure.Fault == LocalFault.Changed && file.Facts is not null && attempt < MostAttempts)
            {
                file.LookAgain();
            }
            catch (ClientException) when (file.Facts is not null && attempt < MostAttempts && session.IsLostByPause)
            {
                await client.ReconnectAsync(session, stop).ConfigureAwait(false);
                file.LookAgain();
            }
        }
    }

    private async Task<Stored> SendAsync()
    {
        if (options.SkipIdentical && options.Overwrite && file.Facts is { } facts && await FindSameAsync(facts).ConfigureAwait(false) is { } same)
            return same;
        if (options.Resume is { } memory && file.Facts is { Size: >= LeastToResume } known)
        {
            using var transfer = memory.TryOpen(UnfinishedTransfers.PutKey(client.Url, path, LocalPath.Full(file.Place)));
            if (transfer is not null)
                return await ContinueAsync(transfer, known).ConfigureAwait(false);
        }

        if (file.Facts is { Size: <= FileClient.SmallFile } small)
            return await client.PutSmallAsync(file, (int)small.Size, path, Options, stop).ConfigureAwait(false);
        if (file.Facts is { Size: var size })
            return await client.RunAsync(new ChunkedUpload(path, file.Content, default, size, Options), stop).ConfigureAwait(false);
        return await client.PutAsync(file.Content, path, Options, stop).ConfigureAwait(false);
    }

    /// <summary>The file on the server where it has the same bytes. Compared only when the lengths are equal, and by SHA-256.</summary>
    private async Task<Stored?> FindSameAsync(FileFacts facts)
    {
        try
        {
            if (await client.StatAsync(path, cancellationToken: stop).ConfigureAwait(false) is not { Kind: EntryKind.File } remote
                || remote.Size != facts.Size)
                return null;
            var theirs = client.HashAsync(path, HashAlgorithm.Sha256, stop);
            var ours = await FileChecksum.Sha256Async(file.Content, options.Progress, stop).ConfigureAwait(false);
            file.Content.Position = 0;
            if (ours != await theirs.ConfigureAwait(false))
                return null;
            var modified = Options.Modified ?? remote.Modified;
            if (!Times.AreSame(modified, remote.Modified))
                await client.TouchAsync(path, modified, stop).ConfigureAwait(false);
            return new Stored(path, remote.Size, modified, WasThere: true);
        }
        catch (ClientException exception) when (exception is RefusedException or FileChangedException)
        {
            // Without the permission to look, from a server without the algorithm, or of a file that changes there: this one is simply sent.
            file.Content.Position = 0;
            return null;
        }
    }

    private async Task<Stored> ContinueAsync(UnfinishedTransfer transfer, FileFacts facts)
    {
        var known = transfer.Read();
        var upload = known?.Upload ?? NewId();
        var received = known?.Upload is not null && known.Size == facts.Size
            ? await AskReceivedAsync(client, path, upload, stop).ConfigureAwait(false)
            : 0;
        // Nobody sent more than there is: what the server has under this id is of no use.
        if (received > facts.Size)
            (upload, received) = (NewId(), 0);
        transfer.Write(new UnfinishedState { Upload = upload, Size = facts.Size });
        // Nothing says what happened to those bytes, or to this file, since they were sent: they are compared before the rest follows.
        if (received > 0)
            await ReplaceDifferencesAsync(upload, received, facts).ConfigureAwait(false);
        file.Content.Position = received;
        var how = Options with { Upload = upload, Offset = received };
        var stored = await client.RunAsync(new ChunkedUpload(path, file.Content, default, facts.Size, how), stop).ConfigureAwait(false);
        transfer.Remove();
        return stored;
    }

    private static string NewId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

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
