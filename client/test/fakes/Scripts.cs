using System.Security.Cryptography;
using System.Text;
using Argosy.Wire;

namespace Argosy.Client.Tests;

/// <summary>What scripts of a <see cref="FakeServer"/> say again and again.</summary>
internal static class Scripts
{
    /// <summary>How long a server may be silent where a test waits for that.</summary>
    public static readonly ClientOptions Impatient = new() { SilenceTimeout = TimeSpan.FromMilliseconds(400) };

    /// <summary>A sealed header of any text, made by hand because the codec would not write it (docs/protocol.md section 1.2).</summary>
    /// <param name="json">An object, or anything that ends like one.</param>
    public static byte[] Seal(string json)
    {
        var covered = Encoding.UTF8.GetBytes((json.Length == 0 ? json : json[..^1]) + ",");
        byte[] unsealed = [.. BitConverter.GetBytes(covered.Length + 17), .. covered];
        return [.. unsealed, .. Encoding.ASCII.GetBytes($"\"sum\":\"{Crc32C.Of(unsealed):x8}\"}}")];
    }

    /// <summary>Sends what <see cref="Seal"/> makes of a text in which ID stands for the request's id.</summary>
    public static Task SendRawAsync(this FakePeer peer, Request request, string json) =>
        peer.SendAsync(Seal(json.Replace("ID", $"{request.Id}", StringComparison.Ordinal)));

    /// <summary>A whole listing.</summary>
    public static async Task SendLinesAsync(this FakePeer peer, Request request, string lines, long? count = null)
    {
        var bytes = Encoding.UTF8.GetBytes(lines);
        await peer.SendAsync(new Reply { Id = request.Id, Body = Body.Chunked });
        foreach (var chunk in bytes.Chunk(Limits.Chunk))
            await peer.SendChunkAsync(chunk);
        await peer.SendEndAsync(new Trailer { Id = request.Id, Count = count ?? lines.Count(character => character == '\n'), Crc32C = Crc32C.Of(bytes) });
    }

    /// <summary>A listing that goes on until the client has had enough.</summary>
    public static async Task SendLinesForEverAsync(this FakePeer peer, Request request, string line)
    {
        var lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, 200_000 / line.Length)));
        await peer.SendAsync(new Reply { Id = request.Id, Body = Body.Chunked });
        while (true)
            await peer.SendChunkAsync(lines);
    }

    /// <summary>The sums of a file's blocks.</summary>
    public static async Task SendBlocksAsync(this FakePeer peer, Request request, byte[] content, string revision)
    {
        var lines = new StringBuilder();
        var block = request.Block ?? 1 << 20;
        var count = (int)Math.Min(content.Length, request.Length ?? content.Length);
        for (var at = 0; at < count; at += (int)block)
        {
            var size = (int)Math.Min(block, count - at);
            lines.Append($$"""{"offset":{{at}},"size":{{size}},"hash":"{{Convert.ToHexStringLower(SHA256.HashData(content.AsSpan(at, size)))}}"}""" + "\n");
        }

        var bytes = Encoding.ASCII.GetBytes(lines.ToString());
        await peer.SendAsync(new Reply { Id = request.Id, Size = content.Length, Revision = revision, Body = Body.Chunked });
        if (bytes.Length > 0)
            await peer.SendChunkAsync(bytes);
        await peer.SendEndAsync(new Trailer { Id = request.Id, Count = bytes.Count(value => value == '\n'), Crc32C = Crc32C.Of(bytes) });
    }

    /// <summary>Takes and drops requests with their bodies, and answers each as said.</summary>
    public static async Task AnswerAsync(this FakePeer peer, Func<Request, Reply> answer)
    {
        while (true)
        {
            var request = await peer.ReadRequestAsync();
            if (!request.Body.IsNone)
                await peer.ReadBodyAsync();
            await peer.SendAsync(answer(request));
        }
    }
}
