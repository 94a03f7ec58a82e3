using System.Collections.Concurrent;
using System.Reflection;
using System.Security.Cryptography;

namespace Argosy.Client.Tests.Guide;

/// <summary>The examples of docs/library.md, run against a real server; and that the page shows what was run.</summary>
public sealed class LibraryGuideTests : IAsyncLifetime
{
    private const int Limit = 60_000;

    private readonly RealServer _server = new();
    private FileClient _client = null!;

    public async ValueTask InitializeAsync() => _client = await _server.ConnectAsync(tls: true);

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public void What_the_page_shows_is_compiled_among_these_tests()
    {
        Assert.Equal([], LibraryPage.Snippets.Where(snippet => !LibraryPage.IsTested(snippet)).Select(snippet => string.Join('\n', snippet)));
        Assert.InRange(LibraryPage.Snippets.Count, 7, 12);
    }

    [Fact]
    public void The_page_names_every_error_and_every_option()
    {
        var errors = typeof(ClientException).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(ClientException)));
        Assert.Equal([], errors.Select(type => type.Name).Where(name => !LibraryPage.Text.Contains($"| `{name}` |")));
        var options = new[] { typeof(ClientOptions), typeof(PutOptions), typeof(GetOptions) }
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly));
        Assert.Equal([], options.Select(option => option.Name).Where(name => !LibraryPage.Text.Contains($"`{name}`")).Distinct());
    }

    [Fact(Timeout = Limit)]
    public async Task A_session()
    {
        var (address, pins) = (_server.Url(tls: true).ToString(), _server.Local[".pins"]);
        var (password, key) = (await _server.Options.Password!(default), _server.Options.Fingerprint!.ToString()!);

        var options = new ClientOptions
        {
            Password = ClientOptions.UsePassword(password!),
            Fingerprint = Fingerprint.Parse(key),
            KnownServers = new KnownServers(pins),
        };
        await using var client = await FileClient.ConnectAsync(ArgosyUrl.Parse(address), options);

        await client.PingAsync();
        Assert.True(client.IsOpen);
    }

    [Fact(Timeout = Limit)]
    public async Task Upload_with_progress()
    {
        var (client, file) = (_client, NewFile("report.pdf", 5_000_000));
        var shown = new ConcurrentQueue<string>();
        void Show(string text) => shown.Enqueue(text);

        var progress = new Progress<TransferProgress>(now => Show($"{now.Bytes} of {now.Total} bytes"));
        var stored = await client.PutAsync(file, "/report.pdf", new PutOptions { Progress = progress });
        Show($"{stored.Path} has {stored.Size} bytes, whole and verified");

        Assert.Contains("/report.pdf has 5000000 bytes, whole and verified", shown);
        SpinWait.SpinUntil(() => shown.Contains("5000000 of 5000000 bytes")); // it is told on another thread
    }

    [Fact(Timeout = Limit)]
    public async Task Download_to_a_stream()
    {
        var (client, file) = (_client, NewFile("film.mkv", 3_000_000));
        await client.PutAsync(file, "/film.mkv");
        var content = await File.ReadAllBytesAsync(file);

        using var sha = SHA256.Create();
        await using (var sink = new CryptoStream(Stream.Null, sha, CryptoStreamMode.Write))
            await client.GetAsync("/film.mkv", sink, new GetOptions { Offset = 1_000_000 });
        var hash = sha.Hash;

        Assert.Equal(SHA256.HashData(content.AsSpan(1_000_000)), hash);
    }

    [Fact(Timeout = Limit)]
    public async Task List()
    {
        var (client, shown) = (_client, new List<string>());
        await client.MakeFolderAsync("/2026/summer", parents: true);
        await client.PutAsync(NewFile("a.jpg", 7), "/2026/a.jpg");
        void Show(string text) => shown.Add(text);

        await foreach (var entry in client.ListAsync("/2026"))
            Show($"{entry.Kind} {entry.Name} {entry.Size}");

        Assert.Equal(["File a.jpg 7", "Folder summer 0"], shown.Order());
    }

    [Fact(Timeout = Limit)]
    public async Task Resume()
    {
        var file = NewFile("disk.img", 8_000_000);
        var memory = new UnfinishedTransfers(_server.Local["unfinished"]);
        var moved = 0L;
        using var cut = new CancellationTokenSource();
        var count = new Synchronous<TransferProgress>(now => moved = now.Bytes - now.Begun);
        var cutting = new Synchronous<TransferProgress>(now => { if (now.Bytes > 4_000_000) cut.Cancel(); });
        var cutOptions = new PutOptions { Resume = memory, Progress = cutting };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _client.PutAsync(file, "/disk.img", cutOptions, cut.Token));

        await using var client = await _server.ConnectAsync(tls: true);
        var options = new PutOptions { Resume = memory, Progress = count };
        var stored = await client.PutAsync(file, "/disk.img", options);

        Assert.Equal(8_000_000, stored.Size);
        Assert.InRange(moved, 1, 6_000_000);
        Assert.Equal(await File.ReadAllBytesAsync(file), await ReadAsync("/disk.img"));
    }

    [Fact(Timeout = Limit)]
    public async Task Cancel()
    {
        var (client, file) = (_client, NewFile("large.iso", 20_000_000));
        await client.PutAsync(file, "/large.iso");
        var target = _server.Local["copy.iso"];
        var begun = new TaskCompletionSource();
        var progress = new Synchronous<TransferProgress>(_ => begun.TrySetResult());
        var options = new GetOptions { Progress = progress };

        using var stop = new CancellationTokenSource();
        var download = client.GetAsync("/large.iso", target, options, stop.Token);
        await begun.Task;
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => download);
        await client.PingAsync();

        Assert.False(File.Exists(target));
    }

    [Fact(Timeout = Limit)]
    public async Task Several_at_once()
    {
        var client = _client;
        var files = Enumerable.Range(1, 20).Select(i => NewFile($"photo {i}.jpg", i * 10_000)).ToList();

        await client.MakeFolderAsync("/photos");
        await Task.WhenAll(files.Select(file => client.PutAsync(file, $"/photos/{Path.GetFileName(file)}")));

        var sizes = new List<long>();
        await foreach (var entry in client.ListAsync("/photos")) sizes.Add(entry.Size);
        Assert.Equal(Enumerable.Range(1, 20).Select(i => i * 10_000L), sizes.Order());
    }

    [Fact(Timeout = Limit)]
    public async Task Errors()
    {
        var (client, shown) = (_client, new List<string>());
        void Show(string text) => shown.Add(text);

        try
        {
            await client.GetAsync("/nothing", Stream.Null);
        }
        catch (RefusedException refused) when (refused.Error == "not-found")
        {
            Show(refused.Message);
        }
        catch (ClientException failed)
        {
            Show($"exit code {failed.ExitCode}: {failed.Message}");
        }

        Assert.Contains("/nothing", Assert.Single(shown));
    }

    private string NewFile(string name, int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        File.WriteAllBytes(_server.Local[name], bytes);
        return _server.Local[name];
    }

    private async Task<byte[]> ReadAsync(RemotePath path)
    {
        await using var client = await _server.ConnectAsync();
        var sink = new MemoryStream();
        await client.GetAsync(path, sink);
        return sink.ToArray();
    }
}
