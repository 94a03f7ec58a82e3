namespace Argosy.Files.TestHost;

/// <summary>Does one thing after another that must outlast a loss of power, and prints each when it is acknowledged.</summary>
internal static class Acknowledged
{
    /// <summary>Each kind once.</summary>
    public static async Task EachAsync(FileSession session)
    {
        await SayAsync("put", PutAsync(session, "put", null, 100));
        await SayAsync("over", PutAsync(session, "put", null, 100_000));
        await SayAsync("resumed", PutAsync(session, "resumed", "id", 100));
        await SayAsync("store", session.StoreAsync(new() { Path = RemotePath.Parse("store") }, new byte[100]).AsTask());
        await SayAsync("many", session.StoreManyAsync([new(RemotePath.Parse("many"), new byte[100]), new(RemotePath.Parse("store"), new byte[99])]).AsTask());
        await SayAsync("folder", session.MakeFolderAsync(RemotePath.Parse("folder")).AsTask());
        await SayAsync("link", session.MakeLinkAsync(RemotePath.Parse("link"), "put"u8.ToArray()).AsTask());
        await SayAsync("moved", session.RenameAsync(RemotePath.Parse("store"), RemotePath.Parse("folder/moved")).AsTask());
        await SayAsync("removed", session.RemoveAsync(RemotePath.Parse("many")).AsTask());
        await SayAsync("tree", session.RemoveFolderAsync(RemotePath.Parse("folder"), recursive: true).AsTask());
        await SayAsync("kept", KeepAsync(session));
    }

    /// <summary>Files, until there is no more room or it is killed: new ones, some over old ones, in folders.</summary>
    public static async Task FilesAsync(FileSession session, int worker)
    {
        var random = new Random(worker);
        for (var i = 0; ; i++)
        {
            var name = $"{worker}-{random.Next(40)}-{i}";
            await PutAsync(session, name, i % 3 == 0 ? name : null, random.Next(60_000));
            await Console.Out.WriteLineAsync(name);
        }
    }

    private static async Task PutAsync(FileSession session, string name, string? id, int length)
    {
        await using var upload = await session.OpenUploadAsync(new() { Path = RemotePath.Parse(name), UploadId = id });
        await upload.WriteAsync(Churn.Content(name, length));
        await upload.CommitAsync();
    }

    private static async Task KeepAsync(FileSession session)
    {
        await using var upload = await session.OpenUploadAsync(new() { Path = RemotePath.Parse("kept"), UploadId = "id" });
        await upload.WriteAsync(new byte[100]);
    }

    private static async Task SayAsync(string what, Task done)
    {
        await done;
        await Console.Out.WriteLineAsync("done " + what);
    }
}
