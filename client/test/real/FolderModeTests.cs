namespace Argosy.Client.Tests.Real;

/// <summary>How open folders are that come with a tree: at no moment more than at their source, nor than the umask allows.</summary>
public sealed class FolderModeTests
{
    private const int Timeout = 30_000;
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [Fact(Timeout = Timeout)]
    public async Task A_folder_that_comes_is_as_open_as_it_was()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        foreach (var (name, mode) in Modes)
        {
            Directory.CreateDirectory(server.World.Path($"tree/{name}"));
            await File.WriteAllTextAsync(server.World.Path($"tree/{name}/f"), name);
            File.SetUnixFileMode(server.World.Path($"tree/{name}"), mode);
        }

        File.SetUnixFileMode(server.World.Path("tree"), Own);
        await client.GetFolderAsync("/tree", server.Local["tree"]).ToListAsync();
        Assert.Equal(Own, File.GetUnixFileMode(server.Local["tree"]));
        foreach (var (name, mode) in Modes)
            Assert.Equal((mode & ~FileCreationMask.Value) | Own, File.GetUnixFileMode(server.Local[$"tree/{name}"]));

        // What was there before keeps what it had.
        File.SetUnixFileMode(server.Local["tree/private"], Own | UnixFileMode.GroupRead);
        await client.GetFolderAsync("/tree", server.Local["tree"]).ToListAsync();
        Assert.Equal(Own | UnixFileMode.GroupRead, File.GetUnixFileMode(server.Local["tree/private"]));
    }

    [Theory(Timeout = Timeout)]
    [InlineData(511, 511)]
    [InlineData(448, 448)]
    [InlineData(320, 448)]
    [InlineData(0, 448)]
    public async Task It_is_so_from_its_first_moment(int there, int here)
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            while (true)
            {
                var request = await peer.ReadRequestAsync();
                if (request.Command == "stat")
                    await peer.SendRawAsync(request, """{"id":ID,"status":"ok","type":"folder","size":0,"mtime":0,"mode":MODE}""".Replace("MODE", $"{there}", StringComparison.Ordinal));
                else if (request.Command == "ls")
                    await peer.SendLinesAsync(request, FakeTree.Entry("f", "file"));
                else
                    await peer.StaySilentAsync();
            }
        });
        await using var client = await server.ConnectAsync();
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        await using var walk = client.GetFolderAsync("/tree", folder["tree"], cancellationToken: stop.Token).GetAsyncEnumerator();
        Assert.True(await walk.MoveNextAsync());
        Assert.Equal((UnixFileMode)here & ~FileCreationMask.Value, File.GetUnixFileMode(folder["tree"]));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => walk.MoveNextAsync().AsTask());
    }

    [Fact(Timeout = Timeout)]
    public async Task A_folder_that_goes_says_how_open_it_is()
    {
        var modes = new Dictionary<string, int?>();
        await using var server = FakeServer.Greeting(peer => peer.AnswerAsync(request =>
        {
            if (request.Command == "mkdir")
                modes[System.Text.Encoding.UTF8.GetString(request.Path!)] = request.Mode;
            return new Argosy.Wire.Reply { Id = request.Id };
        }));
        await using var client = await server.ConnectAsync();
        using var folder = new TemporaryFolder();
        foreach (var (name, mode) in Modes)
            Directory.CreateDirectory(folder[$"tree/{name}"], mode);
        File.SetUnixFileMode(folder["tree/open"], Modes["open"]);
        await client.PutFolderAsync(folder["tree"], "/tree").ToListAsync();
        foreach (var (name, mode) in Modes)
            Assert.Equal((int)File.GetUnixFileMode(folder[$"tree/{name}"]), modes[$"/tree/{name}"]);
        Assert.Equal((int)Own, modes["/tree/private"]);
    }

    private static Dictionary<string, UnixFileMode> Modes { get; } = new()
    {
        ["private"] = Own,
        ["group"] = Own | UnixFileMode.GroupRead | UnixFileMode.GroupExecute,
        ["open"] = (UnixFileMode)0b111_111_111,
        ["usual"] = (UnixFileMode)0b111_101_101,
    };
}
