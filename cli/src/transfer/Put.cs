using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary>One file's way up, and how that is told.</summary>
internal sealed class Put(FileClient client, Results results, Progress progress, PutOptions options)
{
    /// <param name="file">A local file's name, or <c>-</c>.</param>
    /// <param name="path">Its place on the server.</param>
    /// <param name="stop">Abandons it.</param>
    /// <returns>Shows the result.</returns>
    public async Task<Action> RunAsync(string file, RemotePath path, CancellationToken stop)
    {
        using var part = progress.Begin(path.ToString());
        try
        {
            var stored = await SendAsync(file, path, options with { Progress = part }, stop);
            return () => Show(
                stored.Path, stored.WasThere ? "already there" : Sizes.Of(stored.Size), stored.WasThere ? "unchanged" : "stored", stored.Size);
        }
        catch (RefusedException refused) when (refused.Error == "exists" && !options.Overwrite)
        {
            return () => Show(path, "exists, left alone", "left", null);
        }
    }

    private async Task<Stored> SendAsync(string file, RemotePath path, PutOptions how, CancellationToken stop)
    {
        if (file != "-")
            return await client.PutAsync(file, path, how, stop);
        await using var input = Console.OpenStandardInput();
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
