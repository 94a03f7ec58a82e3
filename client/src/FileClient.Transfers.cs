using System.Globalization;
using System.Runtime.InteropServices;
using Argosy.Wire;

namespace Argosy.Client;

public sealed partial class FileClient
{
    // What fits is sent in one piece with its header.
    internal const int SmallFile = 64 * 1024;

    /// <summary>Where small files wait until the writer takes them, or everything of them has come.</summary>
    internal SmallBuffers Buffers { get; } = new();

    /// <summary>Where small files wait for others, to leave with them in one request.</summary>
    internal PackQueue<PackedFile> Packs { get; }

    /// <summary>Where small files that are wanted wait for others, to be asked for with them.</summary>
    internal PackQueue<WantedFile> Fetches { get; }

    /// <summary>Where whoever opens a local file and then waits for the server takes a place.</summary>
    internal OpenFiles OpenFiles { get; } = new();

    /// <summary>Stores a local file, with its modification time and permission bits unless <paramref name="options"/> say others.</summary>
    /// <param name="localFile">The file to read; a pipe or device is read to its end.</param>
    /// <param name="path">Its place on the server.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Abandons the upload; nothing is stored then and the session goes on.</param>
    /// <exception cref="LocalFileException">The local file cannot be read, or changed each time that it was sent; nothing was stored.</exception>
    public async Task<Stored> PutAsync(
        string localFile, RemotePath path, PutOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= PutOptions.Default;
        var file = LocalFile.Open(localFile);
        await using var closing = file.ConfigureAwait(false);
        return await PutAsync(file, path, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores what a stream gives, from its position to its end. The stream is read only until the outcome is known and left open.</summary>
    /// <param name="source">Any stream; one that can seek tells its length, and has to keep it.</param>
    /// <param name="path">The place on the server.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Abandons the upload; nothing is stored then and the session goes on.</param>
    /// <exception cref="IOException">The source failed, or changed its length; nothing was stored.</exception>
    public async Task<Stored> PutAsync(
        Stream source, RemotePath path, PutOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= PutOptions.Default;
        long? size = source.CanSeek ? source.Length - source.Position : null;
        // One byte more than may be needed: whether it comes tells small from large.
        var window = (int)Math.Min(size + 1 ?? long.MaxValue, SmallFile + 1);
        return await PutBufferedAsync(window, ReadAsync, cancellationToken).ConfigureAwait(false);

        async ValueTask<Func<Upload>> ReadAsync(byte[] buffer)
        {
            // Not every stream minds its token: one that waits for a terminal or a pipe does not.
            var length = await source.ReadAtLeastAsync(
                buffer.AsMemory(0, window), window, throwOnEndOfStream: false, cancellationToken).AsTask()
                .WaitAsync(cancellationToken).ConfigureAwait(false);
            if (length < window && options.IsUnchanged?.Invoke() == false)
                throw Upload.Changed();
            var start = buffer.AsMemory(0, length);
            if (length < window)
                return () => new SmallUpload(path, start, options);
            var whole = new ChunkedUpload(path, source, start, size, options);
            return () => whole;
        }
    }

    /// <summary>Stores bytes.</summary>
    /// <param name="content">They must not change until the task is complete.</param>
    /// <param name="path">The place on the server.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Abandons the upload if it has not been sent yet.</param>
    public async Task<Stored> PutAsync(
        ReadOnlyMemory<byte> content, RemotePath path, PutOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (content.Length <= SmallFile)
            return await RunAsync(() => new SmallUpload(path, content, options ?? PutOptions.Default), cancellationToken).ConfigureAwait(false);
        var bytes = MemoryMarshal.TryGetArray(content, out var array) ? array : new ArraySegment<byte>(content.ToArray());
        using var source = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        return await PutAsync(source, path, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Fetches a file. The local file appears, or is replaced, at once and only when everything has come and its checksum is right; its
    /// modification time is the server's. What is not a regular file (a pipe, a device, an open file such as <c>/dev/stdout</c>) is written to as it is.
    /// </summary>
    /// <param name="path">The file on the server.</param>
    /// <param name="localFile">The file to write. Its folder must exist.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up; nothing is kept and the session goes on.</param>
    /// <exception cref="LocalFileException">The local file cannot be written, or exists and may not be replaced.</exception>
    /// <exception cref="FileChangedException">It changed on the server each time that it was fetched; nothing was kept.</exception>
    public async Task<Fetched> GetAsync(
        RemotePath path, string localFile, GetOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= GetOptions.Default;
        using var place = LocalPlace.Find(localFile);
        if (!place.IsStream)
            return await new FileGet(this, path, place.Folder, place.Name, () => place.Full, options, cancellationToken).RunAsync().ConfigureAwait(false);
        var special = await place.OpenStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = special.ConfigureAwait(false);
        return await GetAsync(path, special, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Writes a file's bytes into a stream as they come. Only a task that completes says that they are right: after an exception the
    /// stream holds bytes that must not be used.
    /// </summary>
    /// <param name="path">The file on the server.</param>
    /// <param name="sink">Written to until the outcome is known, and left open. A slow one holds up the whole session.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up; the session goes on.</param>
    /// <exception cref="FileChangedException">It changed on the server meanwhile: what was written may be of two versions.</exception>
    public async Task<Fetched> GetAsync(
        RemotePath path, Stream sink, GetOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (rest, before) = (options ?? GetOptions.Default, 0L);
        while (true)
        {
            var session = _session;
            var download = new Download(path, sink, rest);
            try
            {
                var fetched = await session.RunAsync(download, cancellationToken).ConfigureAwait(false);
                // Of a verified body the server answers for one version, also where the name has got another meanwhile.
                if ((fetched.MayBeMixed && !rest.Verify) || before > 0)
                    await RequireUnchangedAsync(path, fetched, cancellationToken).ConfigureAwait(false);
                return fetched with { Bytes = before + fetched.Bytes };
            }
            catch (ClientException) when (session.IsLostByPause && download.Rest is not null)
            {
                await ReconnectAsync(session, cancellationToken).ConfigureAwait(false);
                await RequireReceivedAsync(path, rest, download.Received, cancellationToken).ConfigureAwait(false);
                (rest, before) = (download.Rest, before + download.Received.Bytes);
            }
        }
    }

    // The sum of what came before the line was lost never came.
    private async Task RequireReceivedAsync(RemotePath path, GetOptions options, (long Bytes, uint Sum) received, CancellationToken stop)
    {
        if (received.Bytes == 0 || !options.Verify)
            return;
        var sum = await AskAsync(
            id => new Request
            {
                Command = "hash",
                Id = id,
                Path = path.Bytes.ToArray(),
                Algorithm = HashAlgorithms.Name(HashAlgorithm.Crc32C),
                Offset = options.Offset,
                Length = received.Bytes,
            },
            reply => HashAlgorithms.Check(HashAlgorithm.Crc32C, reply.Hash), stop, isLong: true).ConfigureAwait(false);
        if (sum != received.Sum.ToString("x8", CultureInfo.InvariantCulture))
            throw new NotVerifiedException($"{path}: what came before this program was stopped is not what the server has. Get it again.");
    }

    /// <summary>The same, without a look whether it changed meanwhile.</summary>
    internal Task<Fetched> FetchAsync(RemotePath path, Stream sink, GetOptions options, CancellationToken stop) =>
        _session.RunAsync(new Download(path, sink, options), stop);

    /// <summary>The same into a sink that can be had anew, should the session be lost because this process was stopped.</summary>
    internal Task<Fetched> FetchAsync(RemotePath path, Func<Stream> open, GetOptions options, CancellationToken stop) =>
        RunAsync(() => new Download(path, open(), options), stop);

    /// <summary>
    /// Looks whether a file that was fetched is still the version that it was when its first byte left. A server that watches its files says so itself;
    /// this one may be older, or the parts may have been asked for one by one.
    /// </summary>
    /// <exception cref="FileChangedException">It is not.</exception>
    internal async Task RequireUnchangedAsync(RemotePath path, Fetched fetched, CancellationToken stop)
    {
        try
        {
            var now = await StatAsync(path, cancellationToken: stop).ConfigureAwait(false);
            // One that has gone meanwhile was whole as long as it was there.
            if (now is not null && (now.Size != fetched.Size || now.Revision != fetched.Revision
                || (fetched.Revision is null && now.Modified != fetched.Modified)))
                throw Download.Changed(path);
        }
        catch (RefusedException)
        {
            // Whoever may fetch but not look has only the server's word.
        }
    }

    /// <summary>Stores a local file that is open.</summary>
    internal Task<Stored> PutAsync(LocalFile file, RemotePath path, PutOptions options, CancellationToken stop) =>
        new FilePut(this, file, path, options, stop).RunAsync();

    /// <summary>
    /// Stores a small local file. It is read here and now, since to hand that to another thread would cost more than to do it, and then closed: more
    /// of them are on their way than a process may have open.
    /// </summary>
    /// <exception cref="LocalFileException">It cannot be read, or is not what it was; nothing was stored.</exception>
    internal Task<Stored> PutSmallAsync(LocalFile file, int size, RemotePath path, PutOptions options, CancellationToken stop)
    {
        return options.IsOneOfMany && MayShare("pack", path) ? PutPackedAsync(file, size, path, options, stop) : PutBufferedAsync(size + 1, Read, stop);

        async ValueTask<Func<Upload>> Read(byte[] buffer)
        {
            if (file.ReadAll(buffer.AsSpan(0, size + 1)) != size || !file.IsUnchanged)
                throw Upload.Changed();
            await file.DisposeAsync().ConfigureAwait(false);
            return () => new SmallUpload(path, buffer.AsMemory(0, size), options);
        }
    }

    /// <summary>The same in a request that it shares with others.</summary>
    private async Task<Stored> PutPackedAsync(LocalFile file, int size, RemotePath path, PutOptions options, CancellationToken stop)
    {
        var buffer = await Buffers.RentAsync(size + 1, stop).ConfigureAwait(false);
        var isLent = true;
        try
        {
            if (file.ReadAll(buffer.AsSpan(0, size + 1)) != size || !file.IsUnchanged)
                throw Upload.Changed();
            await file.DisposeAsync().ConfigureAwait(false);
            var stored = await Packs.RunAsync(new PackedFile(path, buffer.AsMemory(0, size), options), stop).ConfigureAwait(false);
            isLent = false;
            return stored;
        }
        finally
        {
            Buffers.Return(buffer, isInUse: isLent);
        }
    }

    /// <summary>Fetches a small file into memory.</summary>
    /// <param name="path">The file on the server.</param>
    /// <param name="buffer">Where it goes; of the length that it is to have.</param>
    /// <param name="options">How.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="FileChangedException">It has another length, or became another version while it was read.</exception>
    internal Task<Fetched> FetchSmallAsync(RemotePath path, ArraySegment<byte> buffer, GetOptions options, CancellationToken stop) =>
        options.IsOneOfMany && MayShare("fetch", path)
            ? Fetches.RunAsync(new WantedFile(path, buffer, options), stop)
            : FetchAsync(path, () => new MemoryStream(buffer.Array!, buffer.Offset, buffer.Count), options with { Size = buffer.Count }, stop);

    private bool MayShare(string command, RemotePath path) => Features.Contains(command) && path.Bytes.Length <= Limits.PackedName;

    /// <summary>Sends what begins in a pooled buffer.</summary>
    /// <param name="window">How much of it is needed.</param>
    /// <param name="fill">Fills it, and gives what is to be sent: anew each time where all of it is in the buffer.</param>
    /// <param name="stop">Gives up.</param>
    private async Task<Stored> PutBufferedAsync(int window, Func<byte[], ValueTask<Func<Upload>>> fill, CancellationToken stop)
    {
        var buffer = await Buffers.RentAsync(window, stop).ConfigureAwait(false);
        // After a failure whoever reads into it, or the writer, may still hold it.
        var isLent = true;
        try
        {
            var make = await fill(buffer).ConfigureAwait(false);
            var stored = await RunAsync(make, stop).ConfigureAwait(false);
            isLent = false;
            return stored;
        }
        finally
        {
            Buffers.Return(buffer, isInUse: isLent);
        }
    }
}
