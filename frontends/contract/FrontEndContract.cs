using System.Security.Cryptography;
using System.Text;
using Argosy.Sockets;

namespace Argosy.FrontEnds;

/// <summary>
/// What every front end shows, whatever its protocol, under every concurrency model. A front end joins by deriving and saying how it is
/// started; its client is a small adapter. The rules themselves are tested in the room of files.
/// </summary>
public abstract class FrontEndContract : IAsyncLifetime
{
    private readonly FileWorld _world = new();
    private IRunningFrontEnd? _server;

    /// <summary>The models that the contract is about: those of one process. The others start a program, so the whole server shows them.</summary>
    public static IEnumerable<string> Models =>
        ConcurrencyModels.All.Where(model => model is { IsSupported: true, RunsInWorkers: false }).Select(model => model.Name);

    /// <summary>Starts the front end over <paramref name="world"/> on a free port of the loopback address.</summary>
    protected abstract Task<IRunningFrontEnd> StartAsync(FileWorld world, string model);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        await _world.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [EveryModel(0)]
    [EveryModel(1)]
    [EveryModel(4_095)]
    [EveryModel(4_097)]
    [EveryModel(65_536)]
    [EveryModel(5_000_000)]
    public async Task A_file_goes_up_and_comes_down(string model, int size)
    {
        await ServeAsync(model);
        await using IFrontEndClient client = await LoginAsync();
        byte[] content = RandomNumberGenerator.GetBytes(size);

        await client.PutAsync("file", content);

        Assert.Equal(content, await client.GetAsync("file"));
        Assert.Equal(content, await File.ReadAllBytesAsync(_world.Path("file")));
        Assert.Equal(size, await client.FindSizeAsync("/file"));
    }

    [Theory]
    [EveryModel]
    public async Task A_download_starts_at_an_offset(string model)
    {
        await ServeAsync(model);
        await using IFrontEndClient client = await LoginAsync();
        byte[] content = RandomNumberGenerator.GetBytes(300_000);
        await client.PutAsync("file", content);

        Assert.Equal(content[123_456..], await client.GetAsync("file", 123_456));
        Assert.Empty(await client.GetAsync("file", content.Length));
    }

    [Theory]
    [EveryModel]
    public async Task An_upload_replaces_the_old_version(string model)
    {
        await ServeAsync(model);
        await using IFrontEndClient client = await LoginAsync();
        await client.PutAsync("file", Text("the old one, which is longer"));
        await client.PutAsync("file", Text("new"));

        Assert.Equal(Text("new"), await client.GetAsync("file"));
    }

    [Theory]
    [EveryModel("two words")]
    [EveryModel("-dash")]
    [EveryModel("\"quoted\" 'name' %41 ? #")]
    [EveryModel("naïve e\u0301 日本語 🚢")]
    public async Task Names_survive_the_journey(string model, string name)
    {
        await ServeAsync(model);
        await using IFrontEndClient client = await LoginAsync();
        await client.PutAsync(name, Text("content"));

        Assert.Equal([name], await client.ListAsync(""));
        Assert.True(File.Exists(_world.Path(name)));
        await client.RenameAsync(name, name + "2");
        Assert.Equal(Text("content"), await client.GetAsync(name + "2"));
        await client.DeleteAsync(name + "2");
        Assert.Empty(await client.ListAsync(""));
    }

    [Theory]
    [EveryModel]
    public async Task A_name_of_255_bytes_is_fine_and_a_longer_one_is_refused(string model)
    {
        await ServeAsync(model);
        await using IFrontEndClient client = await LoginAsync();
        string longest = new('n', 255);
        await client.PutAsync(longest, Text("content"));

        Assert.Equal(Text("content"), await client.GetAsync(longest));
        await RefusesAsync(() => client.PutAsync(longest + "n", Text("content")));
        Assert.Equal([longest], await client.ListAsync(""));
    }

    [Theory]
    [EveryModel]
    public async Task Folders_are_made_listed_and_removed(string model)
    {
        await ServeAsync(model);
        await using IFrontEndClient client = await LoginAsync();
        await client.MakeFolderAsync("folder");
        await client.PutAsync("folder/file", Text("content"));

        Assert.Equal(["folder"], await client.ListAsync(""));
        Assert.Equal(["file"], await client.ListAsync("folder"));
        await RefusesAsync(() => client.RemoveFolderAsync("folder"));
        await client.DeleteAsync("folder/file");
        await client.RemoveFolderAsync("folder");
        Assert.Empty(await client.ListAsync(""));
    }

    [Theory]
    [EveryModel]
    public async Task A_long_folder_lists_completely(string model)
    {
        await ServeAsync(model);
        string[] names = [.. Enumerable.Range(0, 1_200).Select(i => $"file-{i:D5}-{new string('x', i % 100)}")];
        foreach (string name in names)
            await File.WriteAllBytesAsync(_world.Path(name), []);
        await using IFrontEndClient client = await LoginAsync();

        Assert.Equal(names, (await client.ListAsync("")).Order(StringComparer.Ordinal));
    }

    [Theory]
    [EveryModel]
    public async Task Renaming_moves_between_folders(string model)
    {
        await ServeAsync(model);
        await using IFrontEndClient client = await LoginAsync();
        await client.MakeFolderAsync("folder");
        await client.PutAsync("file", Text("content"));
        await client.RenameAsync("file", "folder/moved");

        Assert.Equal(Text("content"), await client.GetAsync("folder/moved"));
        Assert.Null(await client.FindSizeAsync("file"));
    }

    [Theory]
    [EveryModel]
    public async Task What_is_not_there_is_refused_and_the_client_goes_on(string model)
    {
        await ServeAsync(model);
        await using IFrontEndClient client = await LoginAsync();

        await RefusesAsync(() => client.GetAsync("missing"));
        await RefusesAsync(() => client.DeleteAsync("missing"));
        await RefusesAsync(() => client.RenameAsync("missing", "other"));
        await RefusesAsync(() => client.RemoveFolderAsync("missing"));
        await RefusesAsync(() => client.PutAsync("missing/file", Text("content")));
        Assert.Null(await client.FindSizeAsync("missing"));
        await client.PutAsync("file", Text("content"));
        Assert.Equal(Text("content"), await client.GetAsync("file"));
    }

    [Theory]
    [EveryModel]
    public async Task Nothing_outside_the_home_is_reached(string model)
    {
        await ServeAsync(model);
        string secret = Path.Combine(_world.Root, "secret");
        await File.WriteAllTextAsync(secret, "secret");
        File.CreateSymbolicLink(_world.Path("out"), "../secret");
        File.CreateSymbolicLink(_world.Path("root"), "/");
        await using IFrontEndClient client = await LoginAsync();

        await RefusesAsync(() => client.GetAsync("../secret"));
        await RefusesAsync(() => client.GetAsync("/../../" + secret));
        await RefusesAsync(() => client.GetAsync("out"));
        await RefusesAsync(() => client.GetAsync("root/etc/hostname"));
        await RefusesAsync(() => client.PutAsync("root" + secret, Text("changed")));
        await RefusesAsync(() => client.DeleteAsync("root" + secret));
        Assert.Equal("secret", await File.ReadAllTextAsync(secret));
    }

    [Theory]
    [EveryModel]
    public async Task A_quota_refuses_what_does_not_fit_and_keeps_the_old_version(string model)
    {
        await ServeAsync(model);
        await using IFrontEndClient client = await LoginAsync(FileWorld.Limited);
        await client.PutAsync("file", new byte[60_000]);

        await RefusesAsync(() => client.PutAsync("file", new byte[FileWorld.LimitBytes + 1]));
        await RefusesAsync(() => client.PutAsync("other", new byte[50_000]));
        Assert.Equal(60_000, await client.FindSizeAsync("file"));
        Assert.Equal(["file"], await client.ListAsync(""));
        await client.DeleteAsync("file");
        await client.PutAsync("other", new byte[FileWorld.LimitBytes]);
    }

    [Theory]
    [EveryModel]
    public async Task A_login_without_the_right_password_is_refused(string model)
    {
        await ServeAsync(model);
        await Assert.ThrowsAsync<RefusedException>(() => _server!.ConnectAsync(FileWorld.User, "wrong"));
        await Assert.ThrowsAsync<RefusedException>(() => _server!.ConnectAsync("nobody", FileWorld.Password));
        await using IFrontEndClient client = await LoginAsync();
        Assert.Empty(await client.ListAsync(""));
    }

    [Theory]
    [EveryModel]
    public async Task An_account_that_may_only_read_changes_nothing(string model)
    {
        await ServeAsync(model);
        await File.WriteAllTextAsync(Path.Combine(_world.Root, FileWorld.Reader, "file"), "content");
        await using IFrontEndClient client = await LoginAsync(FileWorld.Reader);

        Assert.Equal(Text("content"), await client.GetAsync("file"));
        await RefusesAsync(() => client.PutAsync("file", Text("changed")));
        await RefusesAsync(() => client.PutAsync("new", Text("changed")));
        await RefusesAsync(() => client.DeleteAsync("file"));
        await RefusesAsync(() => client.RenameAsync("file", "new"));
        await RefusesAsync(() => client.MakeFolderAsync("folder"));
        Assert.Equal(["file"], await client.ListAsync(""));
    }

    [Theory]
    [EveryModel(Connections = 2)]
    public async Task A_reader_sees_the_old_version_until_the_upload_is_complete(string model)
    {
        await ServeAsync(model);
        await using IFrontEndClient writer = await LoginAsync();
        await using IFrontEndClient reader = await LoginAsync();
        byte[] old = RandomNumberGenerator.GetBytes(200_000);
        byte[] content = RandomNumberGenerator.GetBytes(400_000);
        await writer.PutAsync("file", old);

        IUnfinishedPut upload = await writer.BeginPutAsync("file", content[..300_000]);
        Assert.Equal(old, await reader.GetAsync("file"));
        Assert.Equal(["file"], await reader.ListAsync(""));
        await upload.FinishAsync(content[300_000..]);

        Assert.Equal(content, await reader.GetAsync("file"));
    }

    [Theory]
    [EveryModel]
    public async Task A_connection_cut_during_an_upload_publishes_nothing_of_it(string model)
    {
        await ServeAsync(model);
        await using (IFrontEndClient writer = await LoginAsync())
        {
            await writer.PutAsync("file", Text("old"));
            IUnfinishedPut upload = await writer.BeginPutAsync("file", new byte[300_000]);
            await upload.CutAsync();
        }

        await using IFrontEndClient reader = await LoginAsync();
        Assert.Equal(Text("old"), await reader.GetAsync("file"));
        Assert.Equal(["file"], await reader.ListAsync(""));
    }

    [Theory]
    [EveryModel]
    public async Task Many_clients_at_once_each_get_their_own(string model)
    {
        await ServeAsync(model);
        int clients = model == "process" ? 8 : 20; // whose processes are started a few at a time
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async i =>
        {
            await using IFrontEndClient client = await LoginAsync();
            byte[] content = RandomNumberGenerator.GetBytes(1_000 + (i * 20_000));
            for (int round = 0; round < 3; round++)
            {
                await client.PutAsync($"file{i}", content);
                Assert.Equal(content, await client.GetAsync($"file{i}"));
            }
        }));
        await using IFrontEndClient last = await LoginAsync();
        Assert.Equal(clients, (await last.ListAsync("")).Count);
    }

    private async Task ServeAsync(string model) => _server = await StartAsync(_world, model);

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static async Task RefusesAsync(Func<Task> operation) => await Assert.ThrowsAsync<RefusedException>(operation);

    private Task<IFrontEndClient> LoginAsync(string name = FileWorld.User) => _server!.ConnectAsync(name, FileWorld.Password);
}
