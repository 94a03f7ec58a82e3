using System.Globalization;

namespace Argosy.Files.TestHost;

/// <summary>Puts files that stay, and moves, replaces and removes others beside them, without end.</summary>
internal static class Churn
{
    public static async Task RunAsync(FileSession session, int worker)
    {
        var random = new Random();
        for (var i = 0; ; i++)
        {
            var stays = string.Create(CultureInfo.InvariantCulture, $"stays-{Environment.ProcessId}-{worker}-{i}");
            await PutAsync(session, stays, random.Next(30_000));
            string[] together = [stays + "-a", stays + "-b", stays + "-c"];
            await StoreTogetherAsync(session, together, random);
            await Console.Out.WriteLineAsync(string.Join('\n', together.Append(stays)));
            await DisturbAsync(session, random);
        }
    }

    /// <summary>A file whose bytes follow from its name.</summary>
    public static byte[] Content(string name, int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = (byte)(name[i % name.Length] + (i >> 8));
        }

        return bytes;
    }

    private static async Task PutAsync(FileSession session, string name, int length)
    {
        await using var upload = await session.OpenUploadAsync(new() { Path = RemotePath.Parse(name) });
        await upload.WriteAsync(Content(name, length));
        await upload.CommitAsync();
    }

    private static async Task StoreTogetherAsync(FileSession session, string[] names, Random random)
    {
        // One is stored over an old file each time.
        var files = names.Append("again").Select(name => new FileToStore(RemotePath.Parse(name), Content(name, random.Next(30_000))));
        foreach (var result in await session.StoreManyAsync([.. files]))
        {
            if (result.Failure is not null)
            {
                throw result.Failure;
            }
        }
    }

    private static async Task DisturbAsync(FileSession session, Random random)
    {
        try
        {
            switch (random.Next(5))
            {
                case 0:
                    await session.RenameAsync(RemotePath.Parse("a"), RemotePath.Parse("b"));
                    break;
                case 1:
                    await session.RemoveAsync(RemotePath.Parse("b"));
                    break;
                case 2:
                    await session.MakeFolderAsync(RemotePath.Parse("tree/sub"), parents: true);
                    await PutAsync(session, "tree/sub/x", random.Next(1000));
                    await session.RemoveFolderAsync(RemotePath.Parse("tree"), recursive: true);
                    break;
                case 3:
                    await using (var upload = await session.OpenUploadAsync(new() { Path = RemotePath.Parse("u"), UploadId = "id" }))
                    {
                        await upload.WriteAsync(new byte[random.Next(100)]);
                    }

                    break;
                default:
                    await PutAsync(session, "a", random.Next(1000));
                    break;
            }
        }
        catch (FileException disturbed) when (disturbed.Error is not FileError.OverQuota and not FileError.Storage)
        {
            // Another worker was faster.
        }
    }
}
