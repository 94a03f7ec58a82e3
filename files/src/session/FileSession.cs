using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Argosy.Files;

/// <summary>Everything one logged-in account may do. Every rule about files is enforced here, for every front end.</summary>
/// <remarks>All operations throw <see cref="FileException"/>. One session serves one connection and is not thread-safe.</remarks>
public sealed partial class FileSession : IAsyncDisposable
{
    private readonly SessionGrant _grant;
    private readonly IHome _home;
    private readonly Access _access;
    private readonly FreeSpace _space;
    private readonly HomeBooks _books;
    private bool _closed;

    internal FileSession(SessionGrant grant, IHome home, HomeUsage usage, HomeBooks books, long minFree, IOffload offload, ILogger log, RareLine refusals)
    {
        (_grant, _home, Usage, _books, Offload, Log) = (grant, home, usage, books, offload, log);
        _access = new Access(grant, (path, verb) =>
        {
            if (refusals.IsDue(out var times)) log.Refused(grant.Name, path, verb, times);
        });
        _space = new FreeSpace(home, minFree);
    }

    /// <summary>The account's name; <c>anonymous</c> for visitors.</summary>
    public string Name => _grant.Name;

    /// <summary>The working folder; starts at the home.</summary>
    public RemotePath Folder { get; private set; } = RemotePath.Root;

    /// <summary>Fires when the account was removed, disabled or re-passworded.</summary>
    public CancellationToken Ended => _grant.Ended;

    /// <summary>
    /// Called between the slices of what may take long: sums, copies, listings. What it throws ends that work. Null: nobody asks. A front end looks here
    /// whether anybody still waits for the result.
    /// </summary>
    public Func<ValueTask>? BetweenSlices { get; set; }

    internal HomeUsage Usage { get; }

    internal IOffload Offload { get; }

    internal ILogger Log { get; }

    /// <summary>A name from the wire, against the working folder.</summary>
    /// <exception cref="FileException"><see cref="FileError.BadName"/>.</exception>
    public RemotePath Resolve(ReadOnlySpan<byte> name) => RemotePath.Resolve(Folder, name);

    /// <summary>Changes the working folder.</summary>
    /// <exception cref="FileException"><see cref="FileError.NotFound"/>, <see cref="FileError.NotAFolder"/>.</exception>
    public async ValueTask ChangeFolderAsync(RemotePath path)
    {
        RequireLive();
        _access.RequireEnter(path);
        var entry = await _home.FindAsync(path, followLink: true) ?? throw NotFound(path);
        Folder = entry.Kind == EntryKind.Folder ? path : throw new FileException(FileError.NotAFolder, PlaceText.NotAFolder(path));
    }

    /// <summary>What is there, or null. A last component that is a link is followed unless <paramref name="followLink"/> is false.</summary>
    public ValueTask<FileEntry?> FindAsync(RemotePath path, bool followLink = true)
    {
        Require(path, Permissions.List | Permissions.Read, "looked at");
        return _home.FindAsync(path, followLink);
    }

    /// <summary>A folder's entries as they come, without holding them all; no <c>.</c>, no <c>..</c>, no staging.</summary>
    public async IAsyncEnumerable<FileEntry> ListAsync(RemotePath path, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Require(path, Permissions.List, "listed");
        await foreach (var entry in _home.ListAsync(path, cancellation))
        {
            await RequireWantedAsync();
            yield return entry;
        }
    }

    /// <summary>Opens a file for reading; the content is that of one version even if the name is replaced meanwhile.</summary>
    /// <exception cref="FileException"><see cref="FileError.NotFound"/>, <see cref="FileError.IsAFolder"/>, <see cref="FileError.NotAFile"/>.</exception>
    public async ValueTask<Download> OpenDownloadAsync(RemotePath path)
    {
        var download = await OpenForSumsAsync(path);
        Log.Downloading(Name, path, download.Entry.Size);
        return download;
    }

    /// <summary>The same where none of its bytes leave, only sums of them.</summary>
    /// <exception cref="FileException">As for <see cref="OpenDownloadAsync"/>.</exception>
    public async ValueTask<Download> OpenForSumsAsync(RemotePath path)
    {
        Require(path, Permissions.Read, "read");
        return new Download(this, await _home.OpenAsync(path));
    }

    /// <summary>Sets a file's or folder's modification time: it changes what is there, so it needs <see cref="Permissions.Overwrite"/>.</summary>
    public ValueTask TouchAsync(RemotePath path, DateTime modified)
    {
        Require(path, Permissions.Overwrite, "touched");
        return _home.TouchAsync(path, modified);
    }

    /// <summary>A checksum of a file's bytes, or of a range of them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="algorithm">Which checksum.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">How many; null, or more than there are, for all that follow.</param>
    /// <param name="cancellation">Ends it early.</param>
    public async ValueTask<Checksum> HashAsync(
        RemotePath path, ChecksumAlgorithm algorithm, long offset = 0, long? length = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        Require(path, Permissions.Read, "read");
        await using var content = await _home.OpenAsync(path);
        using var check = new ContentCheck([algorithm]);
        var end = length is { } count && count < content.Entry.Size - offset ? offset + count : content.Entry.Size;
        await check.AppendAsync(content.ReadAsync, offset, end, Offload, this, cancellation);
        return check.Result(algorithm)!;
    }

    /// <summary>What the account uses and may use.</summary>
    public async ValueTask<Quota> QuotaAsync()
    {
        RequireLive();
        if (_grant.NumberExisting)
        {
            throw _access.Refusal(RemotePath.Root, "asked for what it holds"); // What others left is theirs.
        }

        await _books.CountAsync(_grant.Home, Usage);

        var used = Usage.Used;
        return new Quota(used.Bytes, used.Files, Usage.MostBytes, Usage.MostFiles);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_closed)
        {
            _closed = true;
            await _home.DisposeAsync();
            _grant.Release();
        }
    }

    /// <exception cref="FileException"><see cref="FileError.SessionEnded"/>.</exception>
    internal void RequireLive()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (Ended.IsCancellationRequested)
        {
            throw new FileException(FileError.SessionEnded, SessionText.Ended);
        }
    }

    /// <summary>Between two slices of something long.</summary>
    /// <exception cref="FileException"><see cref="FileError.SessionEnded"/>.</exception>
    internal ValueTask RequireWantedAsync()
    {
        RequireLive();
        return BetweenSlices?.Invoke() ?? default;
    }

    /// <exception cref="FileException"><see cref="FileError.NoSpace"/>: the disk would have less left than it is to keep.</exception>
    internal ValueTask RequireSpaceAsync(long bytes) => _space.RequireAsync(bytes);

    private static FileException NotFound(RemotePath path) => new(FileError.NotFound, PlaceText.NotFound(path));

    private void Require(RemotePath path, Permissions any, string verb)
    {
        RequireLive();
        _access.Require(path, any, verb);
    }
}
