using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Argosy.Examples.Tests;

/// <summary>The examples that are small services.</summary>
public sealed class ServiceExamplesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("argosy-examples-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("async")]
    [InlineData("threads")]
    [InlineData("epoll")]
    public async Task Commands_send_output_of_any_length_in_frames(string model)
    {
        await using var example = await ExampleProcess.StartAsync("commands", "--model", model);
        using var client = await example.ConnectAsync();
        var (output, exit, _) = await RunAsync(client, "seq 1 100000");
        Assert.Equal(string.Concat(Enumerable.Range(1, 100_000).Select(i => $"{i}\n")), output);
        Assert.Equal(0, exit);

        (output, exit, var error) = await RunAsync(client, "ls /does/not/exist");
        Assert.Equal("", output);
        Assert.NotEqual(0, exit);
        Assert.Contains("/does/not/exist", error);

        (_, exit, error) = await RunAsync(client, "rm -rf nothing");
        Assert.Equal(127, exit);
        Assert.StartsWith("not allowed", error);

        (output, _, _) = await RunAsync(client, "uname; echo no shell"); // one word "uname;" is no listed program
        Assert.Equal("", output);
        client.Dispose();
        await example.StopAsync();
    }

    [Fact]
    public async Task Commands_whose_client_leaves_are_ended()
    {
        await using var example = await ExampleProcess.StartAsync("commands");
        using (var client = await example.ConnectAsync())
        {
            await client.SayAsync("seq 1 1000000000000");
            await ReadFrameAsync(client);
            Assert.Single(example.Children);
        }

        await Until.TrueAsync(() => example.Children.Count == 0);
        await example.StopAsync();
    }

    [Fact]
    public async Task Commands_end_with_the_server()
    {
        await using var example = await ExampleProcess.StartAsync("commands");
        using var client = await example.ConnectAsync();
        await client.SayAsync("seq 1 1000000000000");
        await ReadFrameAsync(client);
        Assert.Single(example.Children);
        await example.StopAsync();
    }

    [Fact]
    public async Task Hmac_serves_who_knows_the_key_and_nobody_else()
    {
        var (key, wrong) = (KeyFile("key"), KeyFile("wrong"));
        await using var example = await ExampleProcess.StartAsync("hmac", "--key", key);
        var (code, output, _) = await ExampleProcess.RunAsync("hmac-client", example.Ready[0], "--key", key, "hello", "there");
        Assert.Equal((0, "hello there"), (code, output.Single()));

        (code, output, var errors) = await ExampleProcess.RunAsync("hmac-client", example.Ready[0], "--key", wrong, "hello");
        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.NotEmpty(errors);
        Assert.StartsWith("refused 127.0.0.1:", await example.HearAsync());

        using var stranger = await example.ConnectAsync();
        stranger.Socket.Send(new byte[64]);
        await stranger.ReadToEndOrResetAsync(); // it is shown the door
        Assert.StartsWith("refused 127.0.0.1:", await example.HearAsync());
        await example.StopAsync();
    }

    [Fact]
    public async Task Hmac_client_believes_no_server_without_the_key()
    {
        var (key, wrong) = (KeyFile("key"), KeyFile("wrong"));
        await using var impostor = await ExampleProcess.StartAsync("hmac", "--key", wrong);
        var (code, output, _) = await ExampleProcess.RunAsync("hmac-client", impostor.Ready[0], "--key", key, "my", "secret");
        Assert.Equal(1, code);
        Assert.Empty(output);
        await impostor.StopAsync();
    }

    [Fact]
    public async Task Chat_passes_on_what_one_says_and_the_kernel_says_who()
    {
        var address = new UnixDomainSocketEndPoint(Path.Combine(_folder, "chat.sock"));
        await using var example = await ExampleProcess.StartAsync("chat", "--socket", $"{address}");
        Assert.Equal($"{address}", example.Ready[0]);
        var me = $"(process {Environment.ProcessId})";
        using var ann = await LineClient.ConnectAsync(address);
        Assert.Equal("welcome; 1 here", await ann.HearAsync());
        using var bob = await LineClient.ConnectAsync(address);
        Assert.Equal("welcome; 2 here", await bob.HearAsync());
        Assert.EndsWith($"{me} has come", await ann.HearAsync());
        using var eve = await LineClient.ConnectAsync(address);
        Assert.Equal("welcome; 3 here", await eve.HearAsync());
        await bob.SayAsync("hello all");
        Assert.EndsWith($"{me} has come", await ann.HearAsync());
        Assert.EndsWith($"{me}: hello all", await ann.HearAsync());
        Assert.EndsWith($"{me}: hello all", await eve.HearAsync());
        ann.Dispose();
        Assert.EndsWith($"{me} has come", await bob.HearAsync()); // its own words are not told back
        Assert.EndsWith($"{me} has left", await bob.HearAsync());
        bob.Dispose();
        eve.Dispose();
        await example.StopAsync();
        Assert.False(File.Exists($"{address}"));
    }

    [Fact]
    public async Task File_drop_stores_whole_files_only()
    {
        await using var example = await ExampleProcess.StartAsync("file-drop", "--folder", _folder);
        using var client = await example.ConnectAsync();
        var content = RandomNumberGenerator.GetBytes(300_000);
        await client.SendAsync((byte[])[.. "one.bin 300000\n"u8, .. content, .. "two.txt 5\nhello"u8]); // the next right behind it
        Assert.Equal("stored one.bin 300000", await client.HearAsync());
        Assert.Equal("stored two.txt 5", await client.HearAsync());
        Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(_folder, "one.bin")));
        Assert.Equal("hello", await File.ReadAllTextAsync(Path.Combine(_folder, "two.txt")));

        await client.SendAsync("two.txt 1000\nonly the beginning");
        client.FinishSending();
        Assert.Null(await client.HearAsync());
        Assert.Equal("hello", await File.ReadAllTextAsync(Path.Combine(_folder, "two.txt"))); // the old version
        Assert.Equal(2, Directory.GetFiles(_folder).Length); // and nothing half

        foreach (var bad in new[] { "../out 1", "/etc/out 1", ".hidden 1", "a -1", "a 99999999999", "a", ".. 0" })
        {
            using var other = await example.ConnectAsync();
            Assert.StartsWith("refused", await other.AskAsync(bad));
        }

        await example.StopAsync();
    }

    private string KeyFile(string name)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(32));
        return path;
    }

    private static async Task<(string Output, int Exit, string Error)> RunAsync(LineClient client, string command)
    {
        await client.SayAsync(command);
        var output = new StringBuilder();
        while (await ReadFrameAsync(client) is { Length: > 0 } piece) output.Append(Encoding.UTF8.GetString(piece));
        var result = JsonDocument.Parse(await ReadFrameAsync(client)).RootElement;
        return (output.ToString(), result.GetProperty("Exit").GetInt32(), result.GetProperty("Error").GetString()!);
    }

    private static async Task<byte[]> ReadFrameAsync(LineClient client) =>
        await client.ReadExactlyAsync(BinaryPrimitives.ReadInt32BigEndian(await client.ReadExactlyAsync(4)));
}
