using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Transfer;

/// <summary>One file's way up: compare, send, say so.</summary>
internal sealed class Put(FileClient client, Results results, Progress progress, PutOptions options)
{
    /// <param name="file">A local file's name, or <c>-</c>.</param>
    /// <param name="path">Its place on the server.</param>
    /// <param name="stop">Abandons it.</param>
    /// <returns>Shows the result.</returns>
    public async Task<Action> RunAsync(string file, RemotePath path, CancellationToken stop)
    {
        try
        {
            if (file != "-" && await IsThereAsync(file, path, stop))
                return () => Show(path, "already there", "unchanged", new FileInfo(file).Length);
            var stored = await SendAsync(file, path, options with { Progress = progress.Begin() }, stop);
            return () => Show(stored.Path, Sizes.Of(stored.Size), "stored", stored.Size);
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

    /// <summary>True where the server has the same bytes. Compared only when the lengths are equal, and by a checksum.</summary>
    private async Task<bool> IsThereAsync(string file, RemotePath path, CancellationToken stop)
    {
        // A pipe has no length, and reading it here would empty it.
        if (new FileInfo(file) is not { Exists: true, Length: > 0 } local || !options.Overwrite)
            return false;
        if (await client.StatAsync(path, cancellationToken: stop) is not { Kind: EntryKind.File } remote || remote.Size != local.Length)
            return false;
        try
        {
            var theirs = client.HashAsync(path, HashAlgorithm.Crc32C, stop);
            await using var content = File.OpenRead(file);
            var ours = await FileChecksum.Crc32CAsync(content, stop);
            return ours == await theirs;
        }
        catch (RefusedException)
        {
            // Without the permission to read, or from a server without the algorithm: the file is simply sent.
            return false;
        }
    }

    private void Show(RemotePath path, string what, string result, long? size) => results.Show($"{path}  {what}", json =>
    {
        json.WriteName("path", path);
        json.WriteString("result", result);
        if (size is { } bytes)
            json.WriteNumber("size", bytes);
    });
}
