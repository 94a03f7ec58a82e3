using System.Runtime.InteropServices;
using System.Text;

namespace Argosy.Client;

public sealed partial class FileClient
{
    // What fits is sent in one piece with its header.
    internal const int SmallFile = 64 * 1024;

    /// <summary>Where small files wait until the writer takes them, or everything of them has come.</summary>
    internal SmallBuffers Buffers { get; } = new();

    /// <summary>Where whoever opens a local file and then waits for the server takes a place.</summary>
    internal OpenFiles OpenFiles { get; } = new();

    /// <summary>Stores a local file, with its modification time and permission bits unless <paramref name="options"/> say others.</summary>
    /// <param name="localFile">The file to read; a pipe or device is read to its end.</param>
    /// <param name="path">Its place on the server.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Abandons the upload; nothing is stored then and the session goes on.</param>
    /// <exception cref="IOException">The local file cannot be read, or changed while it was sent; nothing was stored.</exception>
    /// <exception cref="UnauthorizedAccessException">The local file may not be read.</exception>
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

        async ValueTask<Upload> ReadAsync(byte[] buffer)
        {
            var length = await source.ReadAtLeastAsync(
                buffer.AsMemory(0, window), window, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (length < window && options.IsUnchanged?.Invoke() == false)
                throw Upload.Changed();
            var start = buffer.AsMemory(0, length);
            return length < window ? new SmallUpload(path, start, options) : new ChunkedUpload(path, source, start, size, options);
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
            return await _session.RunAsync(new SmallUpload(path, content, options ?? PutOptions.Default), cancellationToken).ConfigureAwait(false);
        var bytes = MemoryMarshal.TryGetArray(content, out var array) ? array : new ArraySegment<byte>(content.ToArray());
        using var source = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        return await PutAsync(source, path, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Fetches a file. The local file appears, or is replaced, at once and only when everything has come and its checksum is right; its
    /// modification time is the server's. What is not a regular file (a pipe, a device) is written to as it is.
    /// </summary>
    /// <param name="path">The file on the server.</param>
    /// <param name="localFile">The file to write. Its folder must exist.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up; nothing is kept and the session goes on.</param>
    /// <exception cref="IOException">The local file cannot be written, or exists and may not be replaced.</exception>
    /// <exception cref="UnauthorizedAccessException">The local folder may not be written.</exception>
    public async Task<Fetched> GetAsync(
        RemotePath path, string localFile, GetOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= GetOptions.Default;
        if (SpecialFiles.Is(localFile))
        {
            var special = new FileStream(localFile, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            await using var closing = special.ConfigureAwait(false);
            return await GetAsync(path, special, options, cancellationToken).ConfigureAwait(false);
        }

        var target = Resolve(localFile);
        using var folder = LocalFolder.Open(Path.GetDirectoryName(target)!);
        var name = Encoding.UTF8.GetBytes(Path.GetFileName(target));
        return await new FileGet(this, path, folder, name, () => target, options, cancellationToken).RunAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Writes a file's bytes into a stream as they come. Only a task that completes says that they are right: after an exception the
    /// stream holds bytes that must not be used.
    /// </summary>
    /// <param name="path">The file on the server.</param>
    /// <param name="sink">Written to until the outcome is known, and left open. A slow one holds up the whole session.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up; the session goes on.</param>
    public Task<Fetched> GetAsync(RemotePath path, Stream sink, GetOptions? options = null, CancellationToken cancellationToken = default) =>
        _session.RunAsync(new Download(path, sink, options ?? GetOptions.Default), cancellationToken);

    /// <summary>Stores a local file that is open.</summary>
    internal Task<Stored> PutAsync(LocalFile file, RemotePath path, PutOptions options, CancellationToken stop) => new FilePut(
        this, file, path, options with { Modified = options.Modified ?? file.Facts?.Modified, Mode = options.Mode ?? file.Facts?.Mode }, stop).RunAsync();

    /// <summary>
    /// Stores a small local file. It is read here and now, since to hand that to another thread would cost more than to do it, and then closed: more
    /// of them are on their way than a process may have open.
    /// </summary>
    /// <exception cref="IOException">It cannot be read, or is not what it was; nothing was stored.</exception>
    internal Task<Stored> PutSmallAsync(LocalFile file, int size, RemotePath path, PutOptions options, CancellationToken stop)
    {
        return PutBufferedAsync(size + 1, Read, stop);

        async ValueTask<Upload> Read(byte[] buffer)
        {
            if (file.ReadAll(buffer.AsSpan(0, size + 1)) != size || !file.IsUnchanged)
                throw Upload.Changed();
            await file.DisposeAsync().ConfigureAwait(false);
            return new SmallUpload(path, buffer.AsMemory(0, size), options);
        }
    }

    /// <summary>Sends what begins in a pooled buffer.</summary>
    private async Task<Stored> PutBufferedAsync(int window, Func<byte[], ValueTask<Upload>> fill, CancellationToken stop)
    {
        var buffer = await Buffers.RentAsync(window, stop).ConfigureAwait(false);
        var isLent = false;
        try
        {
            var upload = await fill(buffer).ConfigureAwait(false);
            isLent = true;
            var stored = await _session.RunAsync(upload, stop).ConfigureAwait(false);
            isLent = false;
            return stored;
        }
        finally
        {
            // After a failure the writer may still hold it.
            Buffers.Return(buffer, isInUse: isLent);
        }
    }

    // A link is followed, so that what it points to gets the new content; a dangling one is replaced.
    private static string Resolve(string localFile)
    {
        var target = Path.GetFullPath(localFile);
        if (Directory.Exists(target))
            throw new IOException($"“{Terminal.Escape(localFile)}” is a folder; name the file in it.");
        return new FileInfo(target) is { Exists: true, LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : target;
    }
}
