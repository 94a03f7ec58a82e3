using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary>One file's way up, and how that is told.</summary>
internal sealed class Put(FileClient client, Results results, Progress progress, PutOptions options)
{
    // From this size on it is cheaper to ask first than to send what will be refused.
    private const int WorthAsking = 64 * 1024;

    /// <param name="file">A local file's name, or <c>-</c>.</param>
    /// <param name="path">Its place on the server.</param>
    /// <param name="stop">Abandons it.</param>
    /// <returns>Shows the result.</returns>
    public async Task<Action> RunAsync(string file, RemotePath path, CancellationToken stop)
    {
        using var part = progress.Begin(path.ToString());
        try
        {
            if (!options.Overwrite && IsLarge(file) && await ExistsAsync(path, stop))
                return () => Show(path, "exists, left alone", "left", null);
            var stored = await SendAsync(file, path, options with { Progress = part }, stop);
            return () => Show(
                stored.Path, stored.WasThere ? "already there" : Sizes.Of(stored.Size), stored.WasThere ? "unchanged" : "stored", stored.Size);
        }
        catch (RefusedException refused) when (refused.Error == "exists" && !options.Overwrite)
        {
            return () => Show(path, "exists, left alone", "left", null);
        }
    }

    private static bool IsLarge(string file) => file != "-" && LocalFiles.Find(file) is { Size: >= WorthAsking };

    private async Task<bool> ExistsAsync(RemotePath path, CancellationToken stop)
    {
        try
        {
            return await client.StatAsync(path, followLink: false, stop) is { Kind: not EntryKind.Folder };
        }
        catch (RefusedException)
        {
            // Who may not look may still be allowed to put.
            return false;
        }
    }

    private async Task<Stored> SendAsync(string file, RemotePath path, PutOptions how, CancellationToken stop)
    {
        if (file != "-")
            return await client.PutAsync(file, path, how, stop);
        await using var input = StandardStreams.OpenInput();
        return await client.PutAsync(input, path, how, stop);
    }

    private void Show(RemotePath path, string what, string result, long? size) => results.Show($"{path}  {what}", json =>
    {
        json.WriteName("path", path);
        json.WriteString("result", result);
        if (size is { } bytes)
            json.WriteNumber("size", bytes);
    });
}
