using System.Security.Cryptography;

namespace Argosy.Client.Tests;

public sealed class FolderTests
{
    private const int Timeout = 30_000;

    [Fact(Timeout = Timeout)]
    public async Task Folders_are_made_listed_and_removed()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        await client.MakeFolderAsync("/a/b/c", parents: true);
        await client.MakeFolderAsync("/a/b/c", parents: true);
        Assert.Equal("exists", (await Assert.ThrowsAsync<RefusedException>(() => client.MakeFolderAsync("/a"))).Error);
        Assert.Equal("not-found", (await Assert.ThrowsAsync<RefusedException>(() => client.MakeFolderAsync("/x/y"))).Error);
        await client.PutAsync("1"u8.ToArray(), "/a/f");
        File.CreateSymbolicLink(server.World.Path("a/link"), "f");
        var entries = (await client.ListAsync("/a").ToListAsync()).OrderBy(entry => entry.Name.ToString()).ToList();
        Assert.Equal(["b", "f", "link"], entries.Select(entry => entry.Name.ToString()));
        Assert.Equal([EntryKind.Folder, EntryKind.File, EntryKind.Link], entries.Select(entry => entry.Kind));
        Assert.Equal("f", entries[2].LinkTarget.ToString());
        Assert.Equal("not-empty", (await Assert.ThrowsAsync<RefusedException>(() => client.RemoveFolderAsync("/a"))).Error);
        await client.RemoveFolderAsync("/a", recursive: true);
        Assert.Empty(await client.ListAsync("/").ToListAsync());
    }

    [Fact(Timeout = Timeout)]
    public async Task Stat_tells_what_is_there_and_null_for_what_is_not()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        Assert.Null(await client.StatAsync("/f"));
        var time = new DateTimeOffset(1969, 7, 20, 20, 17, 40, TimeSpan.Zero).AddMicroseconds(7);
        await client.PutAsync("12345"u8.ToArray(), "/f", new PutOptions { Modified = time, Mode = (UnixFileMode)0b110_100_000 });
        var entry = await client.StatAsync("/f");
        Assert.Equal((EntryKind.File, 5, time), (entry!.Kind, entry.Size, entry.Modified));
        Assert.Equal((UnixFileMode)0b110_100_000, entry.Mode);
        await client.TouchAsync("/f", time.AddDays(1));
        Assert.Equal(time.AddDays(1), (await client.StatAsync("/f"))!.Modified);
        Assert.Equal(EntryKind.Folder, (await client.StatAsync("/"))!.Kind);
    }

    [Fact(Timeout = Timeout)]
    public async Task Files_are_renamed_copied_hashed_and_removed()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        var content = RoundTripTests.Content(100_000);
        await client.PutAsync(content, "/a");
        await client.RenameAsync("/a", "/b");
        await client.CopyAsync("/b", "/c");
        await client.PutAsync("x"u8.ToArray(), "/d");
        Assert.Equal("exists", (await Assert.ThrowsAsync<RefusedException>(() => client.RenameAsync("/b", "/d", overwrite: false))).Error);
        Assert.Null(await client.StatAsync("/a"));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), await client.HashAsync("/b"));
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(content)), await client.HashAsync("/c", HashAlgorithm.Md5));
        Assert.Equal(await FileChecksum.Crc32CAsync(new MemoryStream(content)), await client.HashAsync("/c", HashAlgorithm.Crc32C));
        await client.RemoveAsync("/b");
        Assert.Null(await client.StatAsync("/b"));
        Assert.Empty(await client.ListUploadsAsync().ToListAsync());
    }

    [Fact(Timeout = Timeout)]
    public async Task A_folder_of_any_length_is_listed()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        Directory.CreateDirectory(server.World.Path("many"));
        for (var number = 0; number < 3000; number++)
            await File.WriteAllTextAsync(server.World.Path($"many/{number}"), "");
        Assert.Equal(3000, (await client.ListAsync("/many").ToListAsync()).Count);
    }
}
