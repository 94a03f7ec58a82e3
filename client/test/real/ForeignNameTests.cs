using System.Text;

namespace Argosy.Client.Tests.Real;

/// <summary>Names that are no UTF-8, local ones and the server's: what people say as text is the disk's own bytes, both ways.</summary>
public sealed class ForeignNameTests
{
    private const int Timeout = 60_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>"café.txt" in Latin-1, "日本" in GB18030, and bytes that are no encoding's.</summary>
    public static TheoryData<string> Names =>
    [
        ByteText.OfBytes([.. "caf"u8, 0xe9, .. ".txt"u8]),
        ByteText.OfBytes([0xc8, 0xd5, 0xb1, 0xbe]),
        ByteText.OfBytes([0xff, (byte)'a', 0xc3, (byte)' ', 0xed, 0xa0, 0x80]),
        "größe",
    ];

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Names))]
    public async Task A_file_goes_up_and_comes_down_under_its_own_bytes(string name)
    {
        await using var server = new RealServer();
        using var cleaning = new Cleaning(server.Local.Path, server.World.Path(""));
        await using var client = await server.ConnectAsync();
        var content = RoundTripTests.Content(100_000);
        await client.PutAsync(content, "/source", cancellationToken: Stop);
        var local = $"{server.Local.Path}/{name}";

        await client.GetAsync("/source", local, cancellationToken: Stop);
        Assert.Equal([name], NamesIn(server.Local.Path));
        await client.PutAsync(local, $"/{name}", cancellationToken: Stop);
        Assert.Equal(new[] { name, "source" }.Order(StringComparer.Ordinal), NamesIn(server.World.Path("")));
        await client.GetAsync($"/{name}", $"{local}.2", cancellationToken: Stop);
        Assert.Equal(content, Read($"{local}.2"));
        Assert.True((await client.GetAsync($"/{name}", local, new GetOptions { SkipIdentical = true }, Stop)).WasThere);
    }

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Names))]
    public async Task A_folder_goes_up_and_comes_down_with_the_bytes_of_its_names(string name)
    {
        await using var server = new RealServer();
        using var cleaning = new Cleaning(server.Local.Path, server.World.Path(""));
        await using var client = await server.ConnectAsync();
        var tree = $"{server.Local.Path}/{name}";
        using (var made = LocalFolder.Make($"{tree}/{name}"))
            Write(made, $"{name}.f", "text");

        var up = await client.PutFolderAsync(tree, $"/{name}", cancellationToken: Stop).ToListAsync(Stop);
        Assert.DoesNotContain(up, outcome => outcome.Result == TreeResult.Failed);
        var down = await client.GetFolderAsync($"/{name}", $"{tree}.back", cancellationToken: Stop).ToListAsync(Stop);
        Assert.DoesNotContain(down, outcome => outcome.Result == TreeResult.Failed);
        Assert.Equal("text"u8.ToArray(), Read($"{tree}.back/{name}/{name}.f"));
        Assert.Contains(down, outcome => ByteText.OfBytes(outcome.Local.Span) == $"{tree}.back/{name}/{name}.f");
    }

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Names))]
    public async Task A_transfer_that_was_cut_goes_on(string name)
    {
        await using var server = new RealServer();
        using var cleaning = new Cleaning(server.Local.Path, server.World.Path(""));
        var content = RoundTripTests.Content(8 << 20);
        var memory = new UnfinishedTransfers($"{server.Local.Path}/{name}.state");
        var local = $"{server.Local.Path}/{name}";
        using (var folder = LocalFolder.Open(server.Local.Path))
            Write(folder, name, content);
        await using var client = await server.ConnectAsync();

        var put = new PutOptions { Resume = memory };
        await CutAsync(stop => client.PutAsync(local, $"/{name}", put with { Progress = stop }, stop.Token));
        Assert.InRange((await client.FindUnfinishedPutAsync(local, $"/{name}", memory, Stop))!.Bytes, 1, content.Length - 1);
        await client.PutAsync(local, $"/{name}", put, Stop);
        Assert.Equal(content, Read($"{server.World.Path("")}/{name}"));

        var get = new GetOptions { Resume = memory };
        await CutAsync(stop => client.GetAsync($"/{name}", $"{local}.2", get with { Progress = stop }, stop.Token));
        Assert.InRange(client.FindUnfinishedGet($"/{name}", $"{local}.2", memory)!.Bytes, 1, content.Length - 1);
        await client.GetAsync($"/{name}", $"{local}.2", get, Stop);
        Assert.Equal(content, Read($"{local}.2"));
        Assert.Empty(NamesIn($"{server.Local.Path}/{name}.state"));
    }

    private static async Task CutAsync(Func<Cut, Task> run)
    {
        using var cut = new Cut();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run(cut));
    }

    private static List<string> NamesIn(string folder)
    {
        using var open = LocalFolder.Open(folder.Length > 1 ? folder.TrimEnd('/') : folder);
        return [.. open.ReadNames().Select(entry => ByteText.OfBytes(entry.Name)).Where(name => !name.StartsWith(".known", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    private static void Write(LocalFolder folder, string name, string content) => Write(folder, name, Encoding.UTF8.GetBytes(content));

    private static void Write(LocalFolder folder, string name, byte[] content)
    {
        using var file = folder.CreateFile(ByteText.ToBytes(name))!;
        RandomAccess.Write(file, content, 0);
    }

    private static byte[] Read(string path)
    {
        using var folder = LocalFolder.Open(LocalPath.Folder(path));
        using var file = folder.OpenFile(ByteText.ToBytes(LocalPath.Name(path)), out var facts)!;
        var content = new byte[facts.Size];
        Assert.Equal(content.Length, RandomAccess.Read(file, content, 0));
        return content;
    }

    /// <summary>Removes what the base library cannot name.</summary>
    private sealed class Cleaning(params string[] folders) : IDisposable
    {
        public void Dispose()
        {
            using var remove = System.Diagnostics.Process.Start("/bin/sh", ["-c", "for d; do rm -rf \"$d\"/*; done", "sh", .. folders]);
            remove.WaitForExit();
        }
    }

    /// <summary>Stops a transfer when 2 MiB of it are over.</summary>
    private sealed class Cut : IProgress<TransferProgress>, IDisposable
    {
        private readonly CancellationTokenSource _stop = new();

        public CancellationToken Token => _stop.Token;

        public void Report(TransferProgress value)
        {
            if (value.Bytes >= 2 << 20)
                _stop.Cancel();
        }

        public void Dispose() => _stop.Dispose();
    }
}
