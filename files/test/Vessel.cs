using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.Files.Tests;

/// <summary>A storage with a ledger and a home, and sessions on it.</summary>
internal sealed class Vessel : IAsyncDisposable
{
    private readonly List<FileSession> _sessions = [];

    public Vessel(IStorage storage, string home, string ledger, ILogger? log = null)
    {
        (Storage, Home, Ledger) = (storage, home, Argosy.Ledger.Ledger.Open(ledger));
        Opener = new SessionOpener(storage, Ledger, 0, TimeSpan.FromDays(7), log ?? NullLogger.Instance);
    }

    public IStorage Storage { get; }

    public string Home { get; }

    public Argosy.Ledger.Ledger Ledger { get; }

    public SessionOpener Opener { get; }

    public static SessionGrant Grant(string home) => new(
        "ann", home, Permissions.Default, [], null, null, NumberExisting: false, CancellationToken.None, static () => { });

    public async Task<FileSession> OpenAsync(Func<SessionGrant, SessionGrant>? change = null)
    {
        var grant = Grant(Home);
        var session = await Opener.OpenAsync(change?.Invoke(grant) ?? grant, InlineOffload.Instance);
        _sessions.Add(session);
        return session;
    }

    /// <summary>What the background does once an hour, for the home.</summary>
    public Task SweepAsync(DateTime? expired = null, bool count = false) =>
        Opener.Sweeper.SweepAsync(Home, expired ?? DateTime.UtcNow.AddDays(-7), count);

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions)
        {
            await session.DisposeAsync();
        }

        (Storage as IDisposable)?.Dispose();
        Ledger.Dispose();
    }
}

/// <summary>Short forms of what nearly every test does.</summary>
internal static class SessionShorthand
{
    public static RemotePath P(string path) => RemotePath.Parse(path);

    public static async Task<FileEntry> PutAsync(this FileSession session, string path, string content, string? uploadId = null) =>
        await session.PutAsync(P(path), Encoding.UTF8.GetBytes(content), uploadId);

    public static async Task<FileEntry> PutAsync(this FileSession session, RemotePath path, byte[] content, string? uploadId = null)
    {
        await using var upload = await session.OpenUploadAsync(new() { Path = path, Length = content.Length, UploadId = uploadId });
        await upload.WriteAsync(content.AsMemory((int)upload.Offset));
        return await upload.CommitAsync();
    }

    public static async Task<string> GetAsync(this FileSession session, string path) =>
        Encoding.UTF8.GetString(await session.GetAsync(P(path)));

    public static async Task<byte[]> GetAsync(this FileSession session, RemotePath path)
    {
        await using var download = await session.OpenDownloadAsync(path);
        return await download.ReadAllAsync();
    }

    public static async Task<byte[]> ReadAllAsync(this Download download)
    {
        var content = new MemoryStream();
        var buffer = new byte[100_000];
        while (await download.ReadAsync(content.Length, buffer) is > 0 and var count)
        {
            content.Write(buffer.AsSpan(0, count));
        }

        return content.ToArray();
    }

    public static async Task<List<string>> NamesAsync(this FileSession session, string path = "/")
    {
        var names = new List<string>();
        await foreach (var entry in session.ListAsync(P(path)))
        {
            names.Add(Escaped.Text(entry.Name.Span));
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    public static async Task<FileError> FailsAsync(Func<Task> action) => (await Assert.ThrowsAsync<FileException>(action)).Error;

    public static Task<FileError> FailsAsync(Func<ValueTask> action) => FailsAsync(() => action().AsTask());

    public static Task<FileError> FailsAsync<T>(Func<ValueTask<T>> action) => FailsAsync(() => (Task)action().AsTask());
}
