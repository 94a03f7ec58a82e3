using System.Text.Json;
using Argosy.Files;
using Argosy.FrontEnds;

namespace Argosy.Native.Tests;

/// <summary>The native protocol does what every front end does.</summary>
public abstract class NativeFrontEndTests(string model) : FrontEndContract
{
    protected override Task<IRunningFrontEnd> StartAsync(FileService files) =>
        Task.FromResult<IRunningFrontEnd>(new Running(new NativeServer(files, model)));

    private sealed class Running(NativeServer server) : IRunningFrontEnd
    {
        public async Task<IFrontEndClient> ConnectAsync(string name, string password)
        {
            WireClient client = await WireClient.ConnectAsync(server.EndPoint);
            Answer answer = await client.LoginAsync(name, password);
            return answer.IsOk ? new Client(client) : throw new RefusedException($"{answer.Error}: {answer.Reply.Message}");
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }

    private sealed class Client(WireClient client) : IFrontEndClient
    {
        public Task PutAsync(string path, byte[] content) =>
            AskAsync($$"""{"cmd":"put","path":{{Json(path)}},"body":{{content.Length}},"crc32c":"{{Frame.Sum(content)}}"}""", content);

        public async Task<IUnfinishedPut> BeginPutAsync(string path, byte[] firstPart)
        {
            await client.SendAsync($$"""{"cmd":"put","id":1,"path":{{Json(path)}},"body":"chunked"}""", Frame.Chunk(firstPart));
            return new Unfinished(client);
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
            Answer answer = await client.AskAsync($$"""{"cmd":"stat","path":{{Json(path)}}}""");
            return answer.Error == Wire.WireError.NotFound ? null : answer.Reply.Size;
        }

        public Task MakeFolderAsync(string path) => AskAsync($$"""{"cmd":"mkdir","path":{{Json(path)}}}""");

        public Task RemoveFolderAsync(string path) => AskAsync($$"""{"cmd":"rmdir","path":{{Json(path)}}}""");

        public Task RenameAsync(string from, string to) => AskAsync($$"""{"cmd":"mv","path":{{Json(from)}},"to":{{Json(to)}}}""");

        public Task DeleteAsync(string path) => AskAsync($$"""{"cmd":"rm","path":{{Json(path)}}}""");

        public ValueTask DisposeAsync() => client.DisposeAsync();

        private async Task<Answer> AskAsync(string json, params byte[] body)
        {
            Answer answer = await client.AskAsync(json, body);
            return answer.IsOk ? answer : throw new RefusedException($"{answer.Error}: {answer.Reply.Message}");
        }

        private static string Json(string text) => JsonSerializer.Serialize(text);
    }

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

    public sealed class UnderAsync() : NativeFrontEndTests("async");

    public sealed class UnderThreads() : NativeFrontEndTests("threads");
}
