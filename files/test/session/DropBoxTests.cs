using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <summary>A drop box takes files and tells nothing: every answer is the same whether a name is there or not.</summary>
public sealed class DropBoxTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private Vessel _vessel = null!;
    private FileSession _visitor = null!;

    public async ValueTask InitializeAsync()
    {
        _vessel = new Vessel(new LocalStorage(new() { Staging = _folder.In("staging") }), _folder.In("home"), Path.Combine(_folder.Path, "ledger"));
        var all = await _vessel.OpenAsync();
        await all.MakeFolderAsync(P("/there/deep"), parents: true);
        await all.MakeFolderAsync(P("/.hidden"));
        await all.PutAsync("/there/file", "x");
        await all.PutAsync("/file", "x");
        await all.MakeLinkAsync(P("/link"), "there"u8.ToArray());
        await all.MakeFolderAsync(P("/alex"));
        _visitor = await _vessel.OpenAsync(grant => grant with
        {
            Name = "anonymous",
            Permissions = Permissions.Write,
            NumberExisting = true,
            Paths = [new("/alex", Permissions.None), new("/bob", Permissions.None)],
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _vessel.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_there_gets_the_answer_that_anything_gets()
    {
        foreach (var probe in new Func<string, Task>[]
        {
            name => _visitor.ChangeFolderAsync(P(name)).AsTask(),
            name => _visitor.FindAsync(P(name)).AsTask(),
            name => _visitor.PutAsync($"{name}/x", "x"),
            name => _visitor.PutAsync($"{name}/deep/x", "x"),
            name => _visitor.PutAsync(P($"{name}/x"), [1], uploadId: "id"),
            name => _visitor.StoreAsync(new() { Path = P($"{name}/x") }, new byte[1]).AsTask(),
            name => _visitor.MakeFolderAsync(P(name)).AsTask(),
            name => _visitor.MakeFolderAsync(P($"{name}/x"), parents: true).AsTask(),
            name => _visitor.MakeLinkAsync(P(name), "x"u8.ToArray()).AsTask(),
            name => _visitor.RemoveAsync(P(name)).AsTask(),
            name => _visitor.RenameAsync(P(name), P("/y")).AsTask(),
            name => _visitor.TouchAsync(P(name), DateTime.UnixEpoch).AsTask(),
            name => _visitor.CopyAsync(P(name), P("/y")).AsTask(),
            name => _visitor.GetAsync(name),
            name => _visitor.NamesAsync(name),
        })
        {
            var answers = new HashSet<string>();
            foreach (var name in new[] { "/missing", "/there", "/file", "/link", "/.hidden", "/alex", "/bob" })
            {
                var refused = await Assert.ThrowsAsync<FileException>(() => probe(name));
                answers.Add($"{refused.Error} {refused.Message.Replace(name, "NAME", StringComparison.Ordinal)}");
            }

            Assert.StartsWith("NotPermitted", Assert.Single(answers));
        }

        await _visitor.ChangeFolderAsync(RemotePath.Root);
        Assert.Equal(["deep", "file"], Directory.GetFileSystemEntries(Path.Combine(_vessel.Home, "there")).Select(Path.GetFileName).Order());
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_vessel.Home, ".hidden")));
    }

    [Fact]
    public async Task Whatever_has_a_name_a_file_that_is_left_gets_another()
    {
        foreach (var (name, left) in new[]
        {
            ("new", "/new"), ("new", "/new (2)"), ("file", "/file (2)"), ("there", "/there (2)"), ("there", "/there (3)"), ("link", "/link (2)"),
            ("alex", "/alex (2)"), ("bob", "/bob (2)"),
        })
        {
            Assert.Equal(left[1..], System.Text.Encoding.UTF8.GetString((await _visitor.PutAsync(name, "left")).Name.Span));
            Assert.Equal("left", await File.ReadAllTextAsync(_vessel.Home + left, TestContext.Current.CancellationToken));
        }
    }
}
