using System.Net;
using System.Text.Json;
using Argosy.FrontEnds;

namespace Argosy.Native.Tests;

/// <summary>The native protocol's client in the words of <see cref="FrontEndContract"/>.</summary>
internal sealed class NativeClient : IFrontEndClient
{
    private readonly WireClient _client;

    private NativeClient(WireClient client) => _client = client;

    public static async Task<IFrontEndClient> LoginAsync(EndPoint server, string name, string password)
    {
        WireClient client = await WireClient.ConnectAsync(server);
        Answer answer = await client.LoginAsync(name, password);
        if (answer.IsOk)
            return new NativeClient(client);
        await client.DisposeAsync();
        throw new RefusedException($"{answer.Error}: {answer.Reply.Message}");
    }

    public Task PutAsync(string path, byte[] content) =>
        AskAsync($$"""{"cmd":"put","path":{{Json(path)}},"body":{{content.Length}},"crc32c":"{{Frame.Sum(content)}}"}""", content);

    public async Task<IUnfinishedPut> BeginPutAsync(string path, byte[] firstPart)
    {
        await _client.SendAsync($$"""{"cmd":"put","id":1,"path":{{Json(path)}},"body":"chunked"}""", Frame.Chunk(firstPart));
        return new Unfinished(_client);
    }

    public async Task<byte[]> GetAsync(string path, long offset = 0) =>
        (await AskAsync($$"""{"cmd":"get","path":{{Json(path)}},"offset":{{offset}}}""")).Body;

    public async Task<IReadOnlyList<string>> ListAsync(string path)
    {
        Answer answer = await AskAsync(path.Length == 0 ? """{"cmd":"ls"}""" : $$"""{"cmd":"ls","path":{{Json(path)}}}""");
        return [.. Listings.Decode(answer).Select(line => System.Text.Encoding.UTF8.GetString(line.Name!))];
    }

    public async Task<long?> FindSizeAsync(string path)
    {
        Answer answer = await _client.AskAsync($$"""{"cmd":"stat","path":{{Json(path)}}}""");
        return answer.Error == Wire.WireError.NotFound ? null : answer.Reply.Size;
    }

    public Task MakeFolderAsync(string path) => AskAsync($$"""{"cmd":"mkdir","path":{{Json(path)}}}""");

    public Task RemoveFolderAsync(string path) => AskAsync($$"""{"cmd":"rmdir","path":{{Json(path)}}}""");

    public Task RenameAsync(string from, string to) => AskAsync($$"""{"cmd":"mv","path":{{Json(from)}},"to":{{Json(to)}}}""");

    public Task DeleteAsync(string path) => AskAsync($$"""{"cmd":"rm","path":{{Json(path)}}}""");

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private async Task<Answer> AskAsync(string json, params byte[] body)
    {
        Answer answer = await _client.AskAsync(json, body);
        return answer.IsOk ? answer : throw new RefusedException($"{answer.Error}: {answer.Reply.Message}");
    }

    private static string Json(string text) => JsonSerializer.Serialize(text);

    private sealed class Unfinished(WireClient client) : IUnfinishedPut
    {
        public async Task FinishAsync(byte[] rest)
        {
            await client.SendAsync(Frame.Chunk(rest), Frame.End("""{"id":1}"""));
            Assert.True((await client.ReadAsync()).IsOk);
        }

        public Task CutAsync()
        {
            client.Socket.LingerState = new System.Net.Sockets.LingerOption(true, 0);
            client.Socket.Close();
            return Task.CompletedTask;
        }
    }
}
